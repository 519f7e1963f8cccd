#define _GNU_SOURCE

// Preloaded into a QEMU older than 8.2, which opens the file of a guest's memory for writing even
// where it maps it privately, and so never writes to it. The confined process may only read a
// template, which all machines share: it is given the descriptor, and an attempt to open that for
// writing is answered with one for reading. Where QEMU then tried to write after all, the kernel
// would refuse it.

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_or_read(const char *path, int flags, mode_t mode) {
  static const char descriptors[] = "/proc/self/fd/";
  int result = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (result < 0 && errno == EACCES && (flags & O_ACCMODE) == O_RDWR &&
      strncmp(path, descriptors, sizeof descriptors - 1) == 0) {
    result = (int)syscall(SYS_openat, AT_FDCWD, path, (flags & ~O_ACCMODE) | O_RDONLY, mode);
  }
  return result;
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return open_or_read(path, flags, mode);
}

// What a fortified program calls where it gives no mode.
int __open64_2(const char *path, int flags) { return open_or_read(path, flags, 0); }
