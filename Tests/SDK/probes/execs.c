// Loads `execs.bpf.c`, executes what the arguments name, each in a child, and prints what it is told of them.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "execs.skel.h"

static int show(void *context, void *name, size_t size) {
  puts(name);
  return 0;
}

int main(int count, char **arguments) {
  struct execs *program = execs__open();
  if (!program) return 1;
  program->rodata->parent = getpid();
  if (execs__load(program) || execs__attach(program)) return 1;
  struct ring_buffer *events = ring_buffer__new(bpf_map__fd(program->maps.events), show, NULL, NULL);
  if (!events) return 1;
  for (int i = 1; i < count; i++) {
    if (fork() == 0) {
      execl(arguments[i], arguments[i], NULL);
      _exit(127);
    }
    wait(NULL);
  }
  int told = ring_buffer__consume(events);
  execs__destroy(program);
  return told == count - 1 ? 0 : 1;
}
