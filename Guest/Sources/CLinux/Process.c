#define _GNU_SOURCE

#include "CLinuxProcess.h"

#include <sched.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_exited(int status) { return WIFEXITED(status); }
int clinux_exit_code(int status) { return WEXITSTATUS(status); }
int clinux_signaled(int status) { return WIFSIGNALED(status); }
int clinux_termination_signal(int status) { return WTERMSIG(status); }
int clinux_dumped_core(int status) { return WCOREDUMP(status); }

int clinux_prctl(
    int option, unsigned long second, unsigned long third, unsigned long fourth,
    unsigned long fifth) {
  return prctl(option, second, third, fourth, fifth);
}

int clinux_pidfd_open(pid_t process, unsigned int flags) {
  return (int)syscall(SYS_pidfd_open, process, flags);
}

int clinux_pidfd_send_signal(int descriptor, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0);
}

pid_t clinux_signal_process(const siginfo_t *information) { return information->si_pid; }

int clinux_unshare(int flags) { return unshare(flags); }

int clinux_setns(int descriptor, int kind) { return setns(descriptor, kind); }

int clinux_pivot_root(const char *new_root, const char *put_old) {
  return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int clinux_setresuid(uid_t real, uid_t effective, uid_t saved) {
  return setresuid(real, effective, saved);
}

int clinux_setresgid(gid_t real, gid_t effective, gid_t saved) {
  return setresgid(real, effective, saved);
}
