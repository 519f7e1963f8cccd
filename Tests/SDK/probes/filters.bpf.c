// Programs to be attached. To an interface: one drops and counts echo requests, one counts all frames. To a
// cgroup: one drops and counts echo requests, one leads connections to port 80 elsewhere.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 3);
  __type(key, __u32);
  __type(value, __u64);
} counts SEC(".maps");

enum { by_interface, by_cgroup, seen };
enum { echo_request = 8 };

static void note(__u32 where) {
  __u64 *count = bpf_map_lookup_elem(&counts, &where);
  if (count) __sync_fetch_and_add(count, 1);
}

static int is_echo(void *start, void *end) {
  struct iphdr *ip = start;
  if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_ICMP) return 0;
  __u8 *type = (void *)(ip + 1);
  return (void *)(type + 1) <= end && *type == echo_request;
}

SEC("xdp")
int drop_frames(struct xdp_md *context) {
  void *start = (void *)(long)context->data, *end = (void *)(long)context->data_end;
  struct ethhdr *ethernet = start;
  if ((void *)(ethernet + 1) > end || ethernet->h_proto != bpf_htons(ETH_P_IP)) return XDP_PASS;
  if (!is_echo(ethernet + 1, end)) return XDP_PASS;
  note(by_interface);
  return XDP_DROP;
}

SEC("xdp")
int count_frames(struct xdp_md *context) {
  note(seen);
  return XDP_PASS;
}

SEC("cgroup_skb/egress")
int drop_packets(struct __sk_buff *packet) {
  if (!is_echo((void *)(long)packet->data, (void *)(long)packet->data_end)) return 1;
  note(by_cgroup);
  return 0;
}

SEC("cgroup/connect4")
int lead_elsewhere(struct bpf_sock_addr *address) {
  if (address->user_port == bpf_htons(80)) {
    address->user_ip4 = bpf_htonl(0x7f000001);
    address->user_port = bpf_htons(8081);
  }
  return 1;
}

char LICENSE[] SEC("license") = "GPL";
