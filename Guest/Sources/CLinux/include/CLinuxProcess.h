// Processes and their exit statuses.

#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H

#include <grp.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

int clinux_exit_code(int status);
int clinux_signaled(int status);
int clinux_termination_signal(int status);

/// The process that a signal or `waitid` tells of: `si_pid` is a macro.
pid_t clinux_signal_process(const siginfo_t *information);

#endif
