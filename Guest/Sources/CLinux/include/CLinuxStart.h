// The program's arguments without a look at /proc.

#ifndef CLINUX_START_H
#define CLINUX_START_H

/// How many arguments the program has got, its name included.
///
/// Swift's `CommandLine` reads /proc/self/cmdline and is empty where /proc is not mounted.
int clinux_argument_count(void);

/// One of the arguments; `position` is less than the count.
const char *clinux_argument(int position);

#endif
