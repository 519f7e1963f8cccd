#define _GNU_SOURCE

#include "CLinuxFiles.h"

#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

const char *clinux_entry_name(const struct dirent *entry) { return entry->d_name; }

int clinux_identify(int descriptor, struct clinux_identity *identity) {
  struct statx status;
  int result = statx(descriptor, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &status);
  if (result != 0) {
    return result;
  }
  identity->inode = status.stx_ino;
  identity->device = makedev(status.stx_dev_major, status.stx_dev_minor);
  identity->is_mount_root = (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  return 0;
}

dev_t clinux_makedev(unsigned int major, unsigned int minor) { return makedev(major, minor); }

int clinux_set_pipe_size(int descriptor, int size) {
  return fcntl(descriptor, F_SETPIPE_SZ, size);
}

int clinux_pipe(int ends[2], int flags) { return pipe2(ends, flags); }

int clinux_freeze(int descriptor) { return ioctl(descriptor, FIFREEZE, 0); }

int clinux_thaw(int descriptor) { return ioctl(descriptor, FITHAW, 0); }

int clinux_grow_ext4(int descriptor, unsigned long long blocks) {
  // EXT4_IOC_RESIZE_FS of the kernel's fs/ext4/ext4.h, which has no header for programs.
  return ioctl(descriptor, _IOW('f', 16, unsigned long long), &blocks);
}

int clinux_move_mount(int root, const char *path) {
  return (int)syscall(SYS_move_mount, root, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
}

int clinux_syncfs(int descriptor) { return syncfs(descriptor); }

int clinux_open_in_root(int root, const char *path, int flags) {
  struct open_how how;
  memset(&how, 0, sizeof(how));
  how.flags = (unsigned)flags;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

int clinux_clone_mount(const char *path) {
  return (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}
