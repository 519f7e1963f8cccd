// The parts of Linux's C interface that Swift's `Glibc` module does not show: headers that it leaves
// out, functions declared only with _GNU_SOURCE, variadic functions, and function-like macros.
//
// The headers must not define _GNU_SOURCE: it changes types that the `Glibc` module declares as
// well (`fd_set`, `__rusage_who`), and Swift refuses two definitions of one type. What needs it is
// declared here and defined in the .c files, which do define it.
//
// A function returns what the call behind it returns: a negative number with `errno` set on
// failure.

#ifndef CLINUX_H
#define CLINUX_H

#include "CLinuxFiles.h"
#include "CLinuxKernel.h"
#include "CLinuxNetwork.h"
#include "CLinuxProcess.h"
#include "CLinuxStart.h"
#include "CLinuxTerminal.h"

#endif
