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

/// Writes the path of the other side, with its NUL, to `path`; returns an error number.
int clinux_terminal_path(int master, char *path, size_t size);

int clinux_set_window_size(
    int terminal, unsigned short rows, unsigned short columns, unsigned short pixel_width,
    unsigned short pixel_height);

int clinux_get_window_size(int terminal, struct winsize *size);

/// Makes `terminal` the controlling terminal of the calling session leader.
int clinux_set_controlling_terminal(int terminal);

/// Gives up the controlling terminal.
int clinux_release_controlling_terminal(int terminal);

/// The process group in the foreground of `terminal`, asked from the master side too.
int clinux_get_foreground_group(int terminal, int *group);

/// Sends a signal to the terminal's foreground group, from the master side.
int clinux_signal_terminal(int master, int signal);

#endif
