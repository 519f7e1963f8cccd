#define _GNU_SOURCE

#include "CLinuxProcess.h"

int clinux_exit_code(int status) { return WEXITSTATUS(status); }
int clinux_signaled(int status) { return WIFSIGNALED(status); }
int clinux_termination_signal(int status) { return WTERMSIG(status); }

pid_t clinux_signal_process(const siginfo_t *information) { return information->si_pid; }
