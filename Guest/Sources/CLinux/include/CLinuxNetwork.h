// Network interfaces, by the classic ioctls. Addresses and masks are in host byte order.

#ifndef CLINUX_NETWORK_H
#define CLINUX_NETWORK_H

#include <stdint.h>
#include <sys/socket.h>

/// Brings an interface up or down; `socket` is any datagram socket.
int clinux_set_interface_up(int socket, const char *name, int up);

/// Sets an Ethernet interface's hardware address, six bytes.
int clinux_set_hardware_address(int socket, const char *name, const unsigned char *address);

/// Sets the largest packet of an interface, in bytes.
int clinux_set_mtu(int socket, const char *name, int mtu);

/// Sets an interface's IPv4 address and mask.
int clinux_set_address(int socket, const char *name, uint32_t address, uint32_t mask);

/// Adds an IPv4 route; a gateway of 0 means that the destination is on the link itself.
int clinux_add_route(
    int socket, const char *name, uint32_t destination, uint32_t mask, uint32_t gateway);

#endif
