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

/// __WALL of wait(2): tracees that are no children are waited for too.
#define CLINUX_WALL 0x40000000

/// Whether a process that is traced has stopped, as `waitpid` tells it.
int clinux_stopped(int status);

/// Whether it has stopped because it is about to end (PTRACE_EVENT_EXIT).
int clinux_is_exit_event(int status);

/// The signal that has stopped it and that it is to get, or 0: process 1 is to get no SIGSTOP, which the
/// kernel keeps from it while it is not traced.
int clinux_passed_signal(int status);

/// The status that a traced process is about to end with, as `waitpid` would tell it.
int clinux_trace_exit_status(pid_t pid, int *status);

int clinux_trace_continue(pid_t pid, int signal);

/// Gives the process a name in `ps`: `title`, of at most 63 bytes, instead of its arguments, and `name`
/// instead of its program's.
int clinux_set_title(const char *title, const char *name);

/// The process that a signal or `waitid` tells of: `si_pid` is a macro.
pid_t clinux_signal_process(const siginfo_t *information);

#endif
