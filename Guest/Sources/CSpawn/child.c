#define _GNU_SOURCE

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// What an ordinary login gets; the agent's own limit is raised to the hard one.
enum { DESCRIPTOR_SOFT_LIMIT = 1024, DESCRIPTOR_HARD_LIMIT = 1048576 };

int child_fail(struct spawn_result *result, int stage) {
  result->stage = stage;
  result->error = errno;
  return -1;
}

// The kernel's own form: all zero is the default action. glibc's function refuses the two signals
// that it uses itself, which may have been inherited as ignored.
struct kernel_action {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)(void);
  uint64_t mask;
};

static void reset_signals(void) {
  struct kernel_action action;
  memset(&action, 0, sizeof(action));
  for (int number = 1; number <= 64; number++) {
    syscall(SYS_rt_sigaction, number, &action, NULL, sizeof(action.mask));
  }
  uint64_t none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
}

static void reset_limits(int proc) {
  struct rlimit limit = {DESCRIPTOR_SOFT_LIMIT, DESCRIPTOR_HARD_LIMIT};
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    // Without the right to raise the hard limit, the one in force stays.
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < DESCRIPTOR_SOFT_LIMIT ? limit.rlim_max
                                                            : DESCRIPTOR_SOFT_LIMIT;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (proc >= 0) {
    int score = openat(proc, "self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0) {
      ssize_t ignored = write(score, "0", 1);
      (void)ignored;
      close(score);
    }
  }
}

static int connect_streams(const struct spawn_request *request, int *kept) {
  for (int number = 0; number < 3; number++) {
    if (dup2(request->streams[number], number) < 0) {
      return -1;
    }
  }
  unsigned first = 3;
  if (kept != NULL) {
    if (*kept != 3 && dup3(*kept, 3, O_CLOEXEC) < 0) {
      return -1;
    }
    *kept = 3;
    first = 4;
  }
  return (int)syscall(SYS_close_range, first, ~0U, 0U);
}

// Process 1 may lead its session already.
static int lead_session(void) {
  return setsid() < 0 && getsid(0) != getpid() ? -1 : 0;
}

// Without the group there is no limit that could be missed.
static void enter_cgroup(int processes) {
  if (processes >= 0) {
    ssize_t ignored = write(processes, "0", 1);
    (void)ignored;
  }
}

// glibc's own setuid and its like signal every thread of the process whose memory the child
// shares; the bare system calls change the child alone.
static int take_identity(const struct spawn_request *request) {
  if (syscall(SYS_setgroups, request->group_count, request->groups) != 0 ||
      syscall(SYS_setresgid, request->group, request->group, request->group) != 0) {
    return -1;
  }
  return (int)syscall(SYS_setresuid, request->user, request->user, request->user);
}

// As execvp: a directory of PATH that lacks the program, or may not be searched, is passed over;
// a program that may not be executed is remembered as the reason.
void child_execute(const struct spawn_request *request) {
  int refused = 0;
  for (char *const *path = request->candidates; *path != NULL; path++) {
    execve(*path, request->arguments, request->environment);
    if (errno == EACCES) {
      refused = 1;
    } else if (errno != ENOENT && errno != ENOTDIR) {
      return;
    }
  }
  if (refused) {
    errno = EACCES;
  }
}

int child_prepare(const struct spawn_request *request, struct spawn_result *result, int *kept) {
  if (lead_session() != 0) {
    return child_fail(result, SPAWN_STAGE_SESSION);
  }
  reset_limits(request->proc);
  enter_cgroup(request->cgroup);
  if (connect_streams(request, kept) != 0) {
    return child_fail(result, SPAWN_STAGE_STREAMS);
  }
  if (request->is_terminal && ioctl(0, TIOCSCTTY, 0) != 0) {
    return child_fail(result, SPAWN_STAGE_SESSION);
  }
  umask(022);
  if (chdir(request->working_directory) != 0) {
    return child_fail(result, SPAWN_STAGE_DIRECTORY);
  }
  if (request->sets_identity && take_identity(request) != 0) {
    return child_fail(result, SPAWN_STAGE_IDENTITY);
  }
  reset_signals();
  return 0;
}
