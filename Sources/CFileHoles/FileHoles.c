// Swift's Glibc module shows neither fallocate nor SEEK_DATA nor sync_file_range.
#define _GNU_SOURCE
#include "CFileHoles.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <unistd.h>

int sandlot_punch_hole(int descriptor, int64_t offset, int64_t length) {
  int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  return fallocate(descriptor, mode, offset, length) == 0 ? 0 : errno;
}

int64_t sandlot_first_data(int descriptor, int64_t offset) {
  int64_t found = lseek(descriptor, offset, SEEK_DATA);
  if (found >= 0) return found;
  // Behind the last data.
  return errno == ENXIO ? lseek(descriptor, 0, SEEK_END) : -1;
}

int sandlot_begin_writing(int descriptor) {
  return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE) == 0 ? 0 : errno;
}
