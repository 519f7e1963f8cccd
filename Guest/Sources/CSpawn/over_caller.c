#define _GNU_SOURCE

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

// Two pipes order the steps of the two: the program may not begin before the copy is ready for it,
// and the copy knows from the end of the other pipe, which closes on execution, that all went well.
struct pipes {
  int ready[2];
  int failure[2];
};

static void close_pipe(int ends[2]) {
  close(ends[0]);
  close(ends[1]);
}

static int open_pipes(struct pipes *pipes) {
  if (pipe2(pipes->ready, O_CLOEXEC) != 0) {
    return -1;
  }
  if (pipe2(pipes->failure, O_CLOEXEC) != 0) {
    int code = errno;
    close_pipe(pipes->ready);
    errno = code;
    return -1;
  }
  return 0;
}

static ssize_t read_all(int file, void *space, size_t size) {
  ssize_t count;
  do {
    count = read(file, space, size);
  } while (count < 0 && errno == EINTR);
  return count;
}

// Never returns: what called it is the program now, or what is left of process 1.
static void become(const struct spawn_request *request, struct pipes *pipes) {
  char nothing;
  close(pipes->ready[1]);
  close(pipes->failure[0]);
  read_all(pipes->ready[0], &nothing, 1);
  struct spawn_result result = {-1, -1, 0, 0};
  int report = pipes->failure[1];
  if (child_prepare(request, &result, &report) == 0) {
    child_execute(request);
    child_fail(&result, SPAWN_STAGE_EXECUTE);
  }
  ssize_t ignored = write(report, &result, sizeof(result));
  (void)ignored;
  close(report);
  for (;;) {
    if (waitpid(-1, NULL, 0) < 0) {
      pause();
    }
  }
}

void spawn_over_caller(
    const struct spawn_request *request, int is_traced, struct spawn_result *result) {
  result->pid = -1;
  result->pidfd = -1;
  result->stage = 0;
  result->error = 0;
  struct pipes pipes;
  if (open_pipes(&pipes) != 0) {
    child_fail(result, SPAWN_STAGE_CLONE);
    return;
  }
  pid_t program = getpid();
  pid_t copy = fork();
  if (copy > 0) {
    become(request, &pipes);
  }
  if (copy < 0) {
    child_fail(result, SPAWN_STAGE_CLONE);
    close_pipe(pipes.ready);
    close_pipe(pipes.failure);
    return;
  }
  setsid();
  if (is_traced) {
    ptrace(PTRACE_SEIZE, program, NULL, (void *)PTRACE_O_TRACEEXIT);
  }
  close_pipe(pipes.ready);
  close(pipes.failure[1]);
  struct spawn_result failure;
  if (read_all(pipes.failure[0], &failure, sizeof(failure)) == sizeof(failure)) {
    result->stage = failure.stage;
    result->error = failure.error;
  } else {
    result->pid = program;
  }
  close(pipes.failure[0]);
}
