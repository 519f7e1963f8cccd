// The child side of starting a process, and what process 1 must do before Swift's runtime starts.
//
// The child shares the parent's memory until it executes its program, so nothing of it may be
// Swift: these functions make system calls only and allocate nothing.

#ifndef CSPAWN_H
#define CSPAWN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// The step at which a start failed.
enum spawn_stage {
  SPAWN_STAGE_CLONE = 1,
  SPAWN_STAGE_SESSION = 2,
  SPAWN_STAGE_STREAMS = 3,
  SPAWN_STAGE_DIRECTORY = 4,
  SPAWN_STAGE_IDENTITY = 5,
  SPAWN_STAGE_EXECUTE = 6,
};

/// What to start.
struct spawn_request {
  /// Paths to try in order, ended by NULL, as `execvp` tries the directories of PATH.
  char *const *candidates;
  char *const *arguments;
  char *const *environment;
  const char *working_directory;
  /// The descriptors to become 0, 1 and 2; none of them may be below 3.
  int streams[3];
  /// Whether stream 0 becomes the controlling terminal.
  int is_terminal;
  /// Whether to take on the user, group and groups below; otherwise the caller's are kept.
  int sets_identity;
  uid_t user;
  gid_t group;
  const gid_t *groups;
  size_t group_count;
  /// A descriptor of a mounted proc file system, through which the child's OOM score is reset,
  /// or -1 to keep the caller's.
  int proc;
  /// A descriptor of the `cgroup.procs` of the group to enter first, or -1 to stay in the caller's.
  int cgroup;
};

/// How it went.
struct spawn_result {
  pid_t pid;
  /// A process descriptor, close-on-exec.
  int pidfd;
  /// 0, or the step that failed, with its errno.
  int stage;
  int error;
};

/// Starts a process as the leader of a session of its own. On failure no process remains.
void spawn_process(const struct spawn_request *request, struct spawn_result *result);

/// The calling process becomes the program, and a copy of it, which has all its descriptors, returns
/// from the call, as the leader of a session of its own and a child of the program's.
///
/// The caller must have one thread. `result` has the program's pid, and -1 for its descriptor.
/// Where the copy cannot be made, the caller itself returns. After any other failure the calling
/// process collects its children for ever, since the kernel does not live without process 1.
///
/// - is_traced: whether the copy traces the program, and is told before it ends (PTRACE_EVENT_EXIT).
void spawn_over_caller(
    const struct spawn_request *request, int is_traced, struct spawn_result *result);

#endif
