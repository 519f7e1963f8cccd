#define _GNU_SOURCE

#include "CLinuxKernel.h"

#include <errno.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_load_module(int descriptor, const char *parameters, int flags) {
  return (int)syscall(SYS_finit_module, descriptor, parameters, flags);
}

int clinux_power_off(void) { return reboot(RB_POWER_OFF); }

int clinux_restart(void) { return reboot(RB_AUTOBOOT); }

int clinux_add_entropy(int descriptor, const unsigned char *bytes, int count, int bits) {
  union {
    struct rand_pool_info header;
    unsigned char space[sizeof(struct rand_pool_info) + 512];
  } request;
  if (count < 0 || count > 512) {
    errno = EINVAL;
    return -1;
  }
  request.header.entropy_count = bits;
  request.header.buf_size = count;
  memcpy(request.space + sizeof(struct rand_pool_info), bytes, (size_t)count);
  return ioctl(descriptor, RNDADDENTROPY, &request.header);
}

int clinux_reseed(int descriptor) { return ioctl(descriptor, RNDRESEEDCRNG, 0); }
