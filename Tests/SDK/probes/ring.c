// Copies a file by io_uring: reads and writes in pairs that are linked, as many at once as the ring has room
// for; prints how many were completed. A second ring, polled by a thread of the kernel, syncs the copy.
#include <fcntl.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { block = 65536, pairs = 8 };

static int fail(const char *what, int result) {
  fprintf(stderr, "%s: %d\n", what, result);
  return 1;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  struct io_uring ring;
  int result = io_uring_queue_init(2 * pairs, &ring, 0);
  if (result < 0) return fail("io_uring_queue_init", result);
  int from = open(arguments[1], O_RDONLY), to = open(arguments[2], O_RDWR | O_CREAT | O_TRUNC, 0600);
  struct stat status;
  if (from < 0 || to < 0 || fstat(from, &status)) return fail("open", -1);
  // Pages of files, as those of static variables may be, are not taken.
  char(*buffers)[block] = aligned_alloc(4096, (size_t)pairs * block);
  struct iovec vectors[pairs];
  for (int i = 0; i < pairs; i++) vectors[i] = (struct iovec){buffers[i], block};
  result = io_uring_register_buffers(&ring, vectors, pairs);
  if (result < 0) return fail("io_uring_register_buffers", result);

  long completed = 0;
  for (off_t offset = 0; offset < status.st_size;) {
    int submitted = 0;
    for (int i = 0; i < pairs && offset < status.st_size; i++, offset += block) {
      unsigned length = status.st_size - offset < block ? (unsigned)(status.st_size - offset) : block;
      struct io_uring_sqe *entry = io_uring_get_sqe(&ring);
      io_uring_prep_read_fixed(entry, from, buffers[i], length, (unsigned long long)offset, i);
      entry->flags |= IOSQE_IO_LINK;
      entry->user_data = length;
      entry = io_uring_get_sqe(&ring);
      io_uring_prep_write_fixed(entry, to, buffers[i], length, (unsigned long long)offset, i);
      entry->user_data = length;
      submitted += 2;
    }
    result = io_uring_submit_and_wait(&ring, (unsigned)submitted);
    if (result != submitted) return fail("io_uring_submit_and_wait", result);
    for (int i = 0; i < submitted; i++, completed++) {
      struct io_uring_cqe *entry;
      result = io_uring_wait_cqe(&ring, &entry);
      if (result < 0 || entry->res != (int)entry->user_data) return fail("completion", entry->res);
      io_uring_cqe_seen(&ring, entry);
    }
  }

  struct io_uring_params parameters = {.flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 2000};
  struct io_uring polled;
  result = io_uring_queue_init_params(4, &polled, &parameters);
  if (result < 0) return fail("io_uring_queue_init_params", result);
  io_uring_prep_fsync(io_uring_get_sqe(&polled), to, 0);
  struct io_uring_cqe *entry;
  if (io_uring_submit(&polled) < 0 || io_uring_wait_cqe(&polled, &entry) < 0 || entry->res) {
    return fail("polled fsync", -1);
  }
  printf("%ld\n", completed);
}
