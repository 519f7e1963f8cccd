#define _GNU_SOURCE

#include "child.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_STACK_SIZE = 64 * 1024 };

struct child {
  const struct spawn_request *request;
  struct spawn_result *result;
};

static int run_child(void *argument) {
  struct child *child = argument;
  if (child_prepare(child->request, child->result, NULL) == 0) {
    child_execute(child->request);
    child_fail(child->result, SPAWN_STAGE_EXECUTE);
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
    child_fail(result, SPAWN_STAGE_CLONE);
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
    child_fail(result, SPAWN_STAGE_CLONE);
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
