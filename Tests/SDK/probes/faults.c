// Fills pages when they are first touched, by userfaultfd; prints the faults it has served and the sum of
// what was read.
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { page = 4096, pages = 64 };

static char *memory;
static int faults;

static void *serve(void *argument) {
  int descriptor = *(int *)argument;
  static char content[page] __attribute__((aligned(page)));
  struct uffd_msg message;
  while (faults < pages && read(descriptor, &message, sizeof message) == sizeof message) {
    if (message.event != UFFD_EVENT_PAGEFAULT) abort();
    unsigned long address = message.arg.pagefault.address & ~(page - 1UL);
    memset(content, (int)((address - (unsigned long)memory) / page), page);
    struct uffdio_copy copy = {.dst = address, .src = (unsigned long)content, .len = page};
    faults++;
    if (ioctl(descriptor, UFFDIO_COPY, &copy)) abort();
  }
  return NULL;
}

int main(void) {
  int descriptor = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
  struct uffdio_api api = {.api = UFFD_API};
  memory = mmap(NULL, (size_t)pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct uffdio_register registration = {
      .range = {(unsigned long)memory, (unsigned long)pages * page}, .mode = UFFDIO_REGISTER_MODE_MISSING};
  if (descriptor < 0 || ioctl(descriptor, UFFDIO_API, &api) ||
      ioctl(descriptor, UFFDIO_REGISTER, &registration)) {
    perror("userfaultfd");
    return 1;
  }
  pthread_t thread;
  if (pthread_create(&thread, NULL, serve, &descriptor)) return 1;
  int sum = 0;
  for (int i = pages - 1; i >= 0; i--) sum += memory[(size_t)i * page + 100];
  pthread_join(thread, NULL);
  printf("%d %d\n", faults, sum);
}
