// Pseudo-terminals.

#ifndef CLINUX_TERMINAL_H
#define CLINUX_TERMINAL_H

#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>

/// Opens the master side of a new pseudo-terminal, with flags such as O_RDWR | O_CLOEXEC, and
/// unlocks the other side.
int clinux_open_terminal(int flags);

/// Unlocks the other side of a pseudo-terminal, so that it can be opened (TIOCSPTLCK).
int clinux_unlock_terminal(int master);

/// Opens the other side of a pseudo-terminal by its master, without a look at /dev/pts, which
/// may be missing or another instance (Linux 4.13).
int clinux_open_terminal_peer(int master, int flags);

int clinux_set_window_size(
    int terminal, unsigned short rows, unsigned short columns, unsigned short pixel_width,
    unsigned short pixel_height);

/// The character that ends input where a terminal is read by lines (VEOF), by its master.
int clinux_terminal_end_character(int master);

#endif
