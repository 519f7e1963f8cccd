// Tells of each program that children of one process execute. The kernel's structures are declared with what
// is read alone, at other places than the kernel has it: only with its type information can this be right.
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
  int tgid;
  struct task_struct *real_parent;
} __attribute__((preserve_access_index));

struct linux_binprm {
  const char *filename;
} __attribute__((preserve_access_index));

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} events SEC(".maps");

const volatile int parent;

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old, struct linux_binprm *binary) {
  if (BPF_CORE_READ(task, real_parent, tgid) != parent) return 0;
  char *name = bpf_ringbuf_reserve(&events, 64, 0);
  if (!name) return 0;
  const char *file = BPF_CORE_READ(binary, filename);
  bpf_probe_read_kernel_str(name, 64, file);
  bpf_ringbuf_submit(name, 0);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
