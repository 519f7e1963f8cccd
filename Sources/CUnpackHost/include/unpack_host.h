#ifndef UNPACK_HOST_H
#define UNPACK_HOST_H

#include <sys/types.h>

// Each returns 0 or more, or -errno.

// Puts a loop device over an open file; `device` gets its path. Returns a descriptor of the device,
// which the kernel takes away with the last user.
int unpack_attach_loop(int file, char *device, unsigned long capacity);

// Gives the process a name space of mounts of its own, with what is mounted now.
int unpack_part(void);

// Mounts a device's ext4 for writing. Device nodes in it cannot be opened, nor programs run.
int unpack_mount(const char *device, const char *directory);

// Writes all that is in memory of an open directory's file system; tells of what was lost, too.
int unpack_sync(int directory);

// Makes an open directory the root.
int unpack_enter(int directory);

// Starts a program that ends with this process; its standard output goes to standard error.
pid_t unpack_spawn(char *const arguments[]);

// Removes a file or a directory with all that is in it; what does not exist is fine.
int unpack_remove_tree(const char *path);

#endif
