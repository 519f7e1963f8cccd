#define _GNU_SOURCE

#include "CLinuxTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int clinux_open_terminal(int flags) {
  int master = posix_openpt(flags | O_NOCTTY);
  if (master < 0) {
    return -1;
  }
  if (grantpt(master) != 0 || unlockpt(master) != 0) {
    int code = errno;
    close(master);
    errno = code;
    return -1;
  }
  return master;
}

int clinux_unlock_terminal(int master) {
  int locked = 0;
  return ioctl(master, TIOCSPTLCK, &locked);
}

int clinux_open_terminal_peer(int master, int flags) {
  return ioctl(master, TIOCGPTPEER, flags | O_NOCTTY);
}

int clinux_set_window_size(
    int terminal, unsigned short rows, unsigned short columns, unsigned short pixel_width,
    unsigned short pixel_height) {
  struct winsize size = {rows, columns, pixel_width, pixel_height};
  return ioctl(terminal, TIOCSWINSZ, &size);
}

int clinux_terminal_end_character(int master) {
  struct termios settings;
  if (tcgetattr(master, &settings) != 0) {
    return -1;
  }
  return settings.c_cc[VEOF];
}
