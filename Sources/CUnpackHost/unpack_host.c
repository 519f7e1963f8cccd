#define _GNU_SOURCE

#include "unpack_host.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/loop.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

int unpack_attach_loop(int file, char *device, unsigned long capacity) {
  int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) return -errno;
  int result = -EBUSY;
  // Another process may take the free device first.
  for (int attempt = 0; attempt < 64 && result == -EBUSY; attempt++) {
    int number = ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) {
      result = -errno;
      break;
    }
    snprintf(device, capacity, "/dev/loop%d", number);
    int loop = open(device, O_RDWR | O_CLOEXEC);
    if (loop < 0) {
      result = -errno;
      break;
    }
    struct loop_config config = {.fd = (unsigned)file, .info.lo_flags = LO_FLAGS_AUTOCLEAR};
    if (ioctl(loop, LOOP_CONFIGURE, &config) == 0) {
      result = loop;
    } else {
      result = -errno;
      close(loop);
    }
  }
  close(control);
  return result;
}

int unpack_part(void) { return unshare(CLONE_NEWNS) == 0 ? 0 : -errno; }

int unpack_mount(const char *device, const char *directory) {
  unsigned long flags = MS_NODEV | MS_NOSUID | MS_NOEXEC | MS_NOATIME;
  // What is half-made is thrown away, so nothing has to be safe before the end.
  const char *options = "barrier=0,data=writeback,noinit_itable";
  return mount(device, directory, "ext4", flags, options) == 0 ? 0 : -errno;
}

int unpack_sync(int directory) { return syncfs(directory) == 0 ? 0 : -errno; }

int unpack_enter(int directory) {
  return fchdir(directory) == 0 && chroot(".") == 0 ? 0 : -errno;
}

pid_t unpack_spawn(char *const arguments[]) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execv(arguments[0], arguments);
    _exit(127);
  }
  return child;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status, (void)kind, (void)place;
  return remove(path) == 0 || errno == ENOENT ? 0 : errno;
}

int unpack_remove_tree(const char *path) {
  int result = nftw(path, remove_one, 64, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
  if (result >= 0) return -result;
  return errno == ENOENT ? 0 : -errno;
}
