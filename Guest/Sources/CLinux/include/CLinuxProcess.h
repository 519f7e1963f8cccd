// Processes, namespaces, process descriptors, exit statuses.

#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H

#include <grp.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>

int clinux_exited(int status);
int clinux_exit_code(int status);
int clinux_signaled(int status);
int clinux_termination_signal(int status);
int clinux_dumped_core(int status);

/// `prctl` with all its arguments given: the C function is variadic.
int clinux_prctl(
    int option, unsigned long second, unsigned long third, unsigned long fourth,
    unsigned long fifth);

/// A descriptor that becomes readable when the process ends (Linux 5.3).
int clinux_pidfd_open(pid_t process, unsigned int flags);

/// Sends a signal to exactly the process that `descriptor` stands for, never to a later process
/// that has got the same number.
int clinux_pidfd_send_signal(int descriptor, int signal);

/// The process that a signal or `waitid` tells of: `si_pid` is a macro.
pid_t clinux_signal_process(const siginfo_t *information);

/// Moves the calling process to new namespaces (CLONE_NEW…).
int clinux_unshare(int flags);

/// Moves the calling process to the namespace of `descriptor`.
int clinux_setns(int descriptor, int kind);

int clinux_pivot_root(const char *new_root, const char *put_old);

/// Sets the real, effective and saved user at once.
int clinux_setresuid(uid_t real, uid_t effective, uid_t saved);

/// Sets the real, effective and saved group at once.
int clinux_setresgid(gid_t real, gid_t effective, gid_t saved);

#endif
