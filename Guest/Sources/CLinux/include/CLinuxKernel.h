// Modules, power, randomness.

#ifndef CLINUX_KERNEL_H
#define CLINUX_KERNEL_H

#include <sys/random.h>
#include <sys/reboot.h>

/// Loads the kernel module in the file open at `descriptor`.
int clinux_load_module(int descriptor, const char *parameters, int flags);

/// Powers the machine off at once: no file system is flushed.
int clinux_power_off(void);

/// Restarts the machine at once: no file system is flushed.
int clinux_restart(void);

/// Mixes up to 512 bytes into the kernel's pool (`descriptor` is /dev/random) and credits them
/// with `bits` bits of entropy. A larger count is refused with EINVAL.
int clinux_add_entropy(int descriptor, const unsigned char *bytes, int count, int bits);

/// Makes the kernel's generator take a new key from its pool now.
int clinux_reseed(int descriptor);

#endif
