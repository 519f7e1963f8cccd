#define _GNU_SOURCE

#include "CLinuxStart.h"

#include <stdlib.h>
#include <unistd.h>

static int argument_count;
static char **argument_values;

// Swift's runtime looks for its own path in /proc/self before `main`, to find the program that
// prints backtraces, and aborts if there is no /proc. Told a path, it does not look. This has to
// come before the runtime's own constructors, and after one that mounts /proc (101).
__attribute__((constructor(102))) static void clinux_start(int count, char **values) {
  argument_count = count;
  argument_values = values;
  if (access("/proc/self/exe", F_OK) != 0) {
    setenv("SWIFT_BACKTRACE", "enable=no,swift-backtrace=/", 1);
  }
}

int clinux_argument_count(void) { return argument_count; }

const char *clinux_argument(int position) { return argument_values[position]; }
