#define _GNU_SOURCE

#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_STACK_SIZE = 64 * 1024 };

// What an ordinary login gets; the agent's own limit is raised to the hard one.
enum { DESCRIPTOR_SOFT_LIMIT = 1024, DESCRIPTOR_HARD_LIMIT = 1048576 };

struct child {
  const struct spawn_request *request;
  struct spawn_result *result;
};

static int fail(struct spawn_result *result, int stage) {
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

static int connect_streams(const struct spawn_request *request) {
  for (int number = 0; number < 3; number++) {
    if (dup2(request->streams[number], number) < 0) {
      return -1;
    }
  }
  return (int)syscall(SYS_close_range, 3U, ~0U, 0U);
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
static void execute(const struct spawn_request *request) {
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

static int prepare(const struct spawn_request *request, struct spawn_result *result) {
  if (setsid() < 0) {
    return fail(result, SPAWN_STAGE_SESSION);
  }
  reset_limits(request->proc);
  if (connect_streams(request) != 0) {
    return fail(result, SPAWN_STAGE_STREAMS);
  }
  if (request->is_terminal && ioctl(0, TIOCSCTTY, 0) != 0) {
    return fail(result, SPAWN_STAGE_SESSION);
  }
  umask(022);
  if (chdir(request->working_directory) != 0) {
    return fail(result, SPAWN_STAGE_DIRECTORY);
  }
  if (request->sets_identity && take_identity(request) != 0) {
    return fail(result, SPAWN_STAGE_IDENTITY);
  }
  reset_signals();
  return 0;
}

static int run_child(void *argument) {
  struct child *child = argument;
  if (prepare(child->request, child->result) == 0) {
    execute(child->request);
    fail(child->result, SPAWN_STAGE_EXECUTE);
  }
  _exit(127);
}

void spawn_process(const struct spawn_request *request, struct spawn_result *result) {
  result->pid = -1;
  result->pidfd = -1;
  result->stage = 0;
  result->error = 0;
  char *stack = mmap(NULL, CHILD_STACK_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) {
    fail(result, SPAWN_STAGE_CLONE);
    return;
  }
  // No handler may run in the child while it shares the parent's memory.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  struct child child = {request, result};
  pid_t pid = clone(run_child, stack + CHILD_STACK_SIZE,
                    CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &child, &result->pidfd);
  if (pid < 0) {
    fail(result, SPAWN_STAGE_CLONE);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  munmap(stack, CHILD_STACK_SIZE);
  if (pid > 0 && result->stage != 0) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    close(result->pidfd);
    result->pidfd = -1;
    return;
  }
  result->pid = pid;
}
