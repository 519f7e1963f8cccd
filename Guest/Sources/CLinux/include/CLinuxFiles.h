// Files, directories, mounts and file events.

#ifndef CLINUX_FILES_H
#define CLINUX_FILES_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

/// `O_PATH`: a descriptor that only stands for a place in the file tree.
static const int CLINUX_O_PATH = __O_PATH;

/// The NUL-terminated name of a directory entry: Swift sees `d_name` as a tuple.
const char *clinux_entry_name(const struct dirent *entry);

/// Which directory a descriptor stands for.
struct clinux_identity {
  uint64_t inode;
  uint64_t device;
  /// Whether a file system is mounted exactly here (Linux 5.8; false on older kernels).
  int is_mount_root;
};

/// Tells which directory a descriptor stands for.
int clinux_identify(int descriptor, struct clinux_identity *identity);

/// The number of the device with this major and minor number.
dev_t clinux_makedev(unsigned int major, unsigned int minor);

/// Asks for a pipe buffer of `size` bytes; returns the size that the kernel set.
int clinux_set_pipe_size(int descriptor, int size);

/// Makes a pipe whose two ends have these flags, such as O_CLOEXEC | O_NONBLOCK.
int clinux_pipe(int ends[2], int flags);

/// Stops all writes to the file system of `descriptor` after flushing it (FIFREEZE).
int clinux_freeze(int descriptor);

/// Undoes `clinux_freeze` (FITHAW).
int clinux_thaw(int descriptor);

/// Grows the mounted ext4 file system that a descriptor is of to so many blocks (EXT4_IOC_RESIZE_FS).
int clinux_grow_ext4(int descriptor, unsigned long long blocks);

/// Moves the mount whose root directory `root` stands for to `path` (move_mount(2), Linux 5.2): the
/// descriptor may have been opened where the path now leads elsewhere.
int clinux_move_mount(int root, const char *path);

/// Opens `path` as if the directory `root` were the root of all files, which symbolic links and `..`
/// do not leave either (openat2(2) with RESOLVE_IN_ROOT, Linux 5.6).
int clinux_open_in_root(int root, const char *path, int flags);

/// A file system as it is mounted at `path`, without what is mounted on it (open_tree(2) with
/// OPEN_TREE_CLONE, Linux 5.2).
int clinux_clone_mount(const char *path);

/// The positions of data and holes in a sparse file, for `lseek`.
static const int CLINUX_SEEK_DATA = 3;
static const int CLINUX_SEEK_HOLE = 4;

/// Flags of `linkat` and `fstatat`: the descriptor itself is meant.
static const int CLINUX_AT_EMPTY_PATH = 0x1000;

/// Flushes the file system of `descriptor`.
int clinux_syncfs(int descriptor);

#endif
