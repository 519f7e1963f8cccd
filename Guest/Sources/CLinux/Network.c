#define _GNU_SOURCE

#include "CLinuxNetwork.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>

static struct ifreq interface(const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof(request));
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  return request;
}

static void put_address(struct sockaddr *target, uint32_t address) {
  struct sockaddr_in *internet = (struct sockaddr_in *)target;
  internet->sin_family = AF_INET;
  internet->sin_port = 0;
  internet->sin_addr.s_addr = htonl(address);
}

int clinux_set_interface_up(int socket, const char *name, int up) {
  struct ifreq request = interface(name);
  if (ioctl(socket, SIOCGIFFLAGS, &request) != 0) {
    return -1;
  }
  request.ifr_flags = (short)(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
  return ioctl(socket, SIOCSIFFLAGS, &request);
}

int clinux_set_hardware_address(
    int socket, const char *name, const unsigned char *address) {
  struct ifreq request = interface(name);
  request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
  memcpy(request.ifr_hwaddr.sa_data, address, 6);
  return ioctl(socket, SIOCSIFHWADDR, &request);
}

int clinux_set_mtu(int socket, const char *name, int mtu) {
  struct ifreq request = interface(name);
  request.ifr_mtu = mtu;
  return ioctl(socket, SIOCSIFMTU, &request);
}

int clinux_set_address(
    int socket, const char *name, uint32_t address, uint32_t mask) {
  struct ifreq request = interface(name);
  put_address(&request.ifr_addr, address);
  if (ioctl(socket, SIOCSIFADDR, &request) != 0) {
    return -1;
  }
  put_address(&request.ifr_netmask, mask);
  return ioctl(socket, SIOCSIFNETMASK, &request);
}

int clinux_add_route(
    int socket, const char *name, uint32_t destination, uint32_t mask, uint32_t gateway) {
  struct rtentry route;
  memset(&route, 0, sizeof(route));
  put_address(&route.rt_dst, destination);
  put_address(&route.rt_genmask, mask);
  put_address(&route.rt_gateway, gateway);
  route.rt_flags = (unsigned short)(RTF_UP | (gateway != 0 ? RTF_GATEWAY : 0) |
                                    (mask == 0xffffffff ? RTF_HOST : 0));
  route.rt_dev = (char *)name;
  return ioctl(socket, SIOCADDRT, &route);
}
