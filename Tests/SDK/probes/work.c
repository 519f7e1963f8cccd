// Makes the system calls and spends the time that are counted by whoever looks: `count` calls of getpgid, and
// a loop in a function of its own.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile unsigned long sink;

__attribute__((noinline)) void busy_function(unsigned long rounds) {
  for (unsigned long i = 0; i < rounds; i++) sink += i;
}

__attribute__((noinline)) int called_function(int number) { return (int)(sink += (unsigned)number); }

int main(int count, char **arguments) {
  if (count < 2) return 2;
  int calls = atoi(arguments[1]);
  for (int i = 0; i < calls; i++) {
    syscall(SYS_getpgid, 0);
    called_function(i);
  }
  if (count > 2 && strcmp(arguments[2], "crash") == 0) {
    // On the stack and made here, so that it is in the memory of the process and in no file.
    char mark[32];
    snprintf(mark, sizeof mark, "mark-%d-of-the-core", calls);
    raise(SIGSEGV);
    puts(mark);
  }
  busy_function(count > 2 ? strtoul(arguments[2], NULL, 10) : 0);
}
