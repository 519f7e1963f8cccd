#define _GNU_SOURCE

#include "CLinuxProcess.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

int clinux_exit_code(int status) { return WEXITSTATUS(status); }
int clinux_signaled(int status) { return WIFSIGNALED(status); }
int clinux_termination_signal(int status) { return WTERMSIG(status); }

pid_t clinux_signal_process(const siginfo_t *information) { return information->si_pid; }

int clinux_stopped(int status) { return WIFSTOPPED(status); }

int clinux_is_exit_event(int status) {
  return status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8);
}

int clinux_passed_signal(int status) {
  // An event of tracing is no signal.
  int signal = status >> 16 == 0 ? WSTOPSIG(status) : 0;
  return signal == SIGSTOP ? 0 : signal;
}

int clinux_trace_exit_status(pid_t pid, int *status) {
  unsigned long message;
  if (ptrace(PTRACE_GETEVENTMSG, pid, NULL, &message) != 0) {
    return -1;
  }
  *status = (int)message;
  return 0;
}

int clinux_trace_continue(pid_t pid, int signal) {
  return (int)ptrace(PTRACE_CONT, pid, NULL, (void *)(long)signal);
}

int clinux_set_title(const char *title, const char *name) {
  // The kernel shows what lies in memory that has no file behind it.
  static char space[64];
  strncpy(space, title, sizeof(space) - 1);
  unsigned long start = (unsigned long)space;
  unsigned long end = start + strlen(space) + 1;
  // The start may never lie behind the end, wherever the arguments were.
  if (prctl(PR_SET_MM, PR_SET_MM_ARG_START, start, 0, 0) != 0) {
    if (prctl(PR_SET_MM, PR_SET_MM_ARG_END, end, 0, 0) != 0 ||
        prctl(PR_SET_MM, PR_SET_MM_ARG_START, start, 0, 0) != 0) {
      return -1;
    }
  } else if (prctl(PR_SET_MM, PR_SET_MM_ARG_END, end, 0, 0) != 0) {
    return -1;
  }
  return prctl(PR_SET_NAME, name, 0, 0, 0);
}
