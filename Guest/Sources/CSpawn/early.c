#define _GNU_SOURCE

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

// Swift's runtime reads /proc/self before `main`, and dies as process 1 of an initramfs where
// nothing is mounted yet. A constructor runs early enough. It does nothing in any other process,
// nor as process 1 of a container, where /proc is there already.
__attribute__((constructor(101))) static void mount_early(void) {
  struct stat status;
  if (getpid() != 1 || stat("/proc/self", &status) == 0) {
    return;
  }
  mkdir("/proc", 0755);
  mkdir("/sys", 0755);
  mkdir("/dev", 0755);
  mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, "mode=0755");
  // Without a console in the initramfs, 0 to 2 are closed and would be given to other files.
  int null;
  do {
    null = open("/dev/null", O_RDWR);
  } while (null >= 0 && null < 2);
  if (null > 2) {
    close(null);
  }
}
