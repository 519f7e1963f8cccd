extension UnsupportedMethods {
  /// What belongs to sandboxes and is not there (yet), and their first generation.
  static let sandboxes = [
    Family(
      "GPUs, network file systems and the first generation of sandboxes are not available: leave "
        + "gpu= and network_file_systems= out and MODAL_SANDBOX_V2 unset; with JavaScript and Go, "
        + "use experimentalCreate.",
      """
      SandboxCreate SandboxCreateConnectToken SandboxGetExitSnapshot SandboxGetLogs
      SandboxGetResourceUsage SandboxGetTaskId SandboxGetTunnels SandboxList SandboxRestore
      SandboxSetOutboundPolicy SandboxSnapshot SandboxSnapshotFs SandboxSnapshotFsAsync
      SandboxSnapshotFsAsyncGet SandboxSnapshotWait SandboxStdinWrite SandboxTagsGet
      SandboxTagsSet SandboxTerminate SandboxWait SandboxWaitUntilReady TaskGetCommandRouterAccess
      """),
    Family(
      "Snapshots are not supported yet: build what the sandbox needs into its image.",
      """
      SandboxGetExitSnapshotV2 SandboxRestoreV2 SandboxSnapshotGet
      """),
    Family(
      "Ports of a sandbox cannot be reached from outside yet: talk to its servers with exec, from "
        + "the inside.",
      """
      SandboxCreateConnectTokenV2 SandboxGetTunnelsV2 TunnelStart TunnelStop
      """),
    Family(
      "The network of a running sandbox cannot be changed: choose block_network when you create it.",
      """
      SandboxSetOutboundPolicyV2
      """),
    Family(
      "Usage is told for one sandbox at a time: call _experimental_stats() of each, which asks "
        + "SandboxGetStats.",
      """
      SandboxGetStatsV2 SandboxGetTimeRangeStats
      """),
    Family(
      "Sidecars are not supported: start the other process with exec, or a second sandbox.",
      """
      SandboxContainerCreateV2
      """),
    Family(
      "Persistent sandboxes are not supported: leave _experimental_persistent out.",
      """
      PersistentSandboxCreate PersistentSandboxGet PersistentSandboxResume
      PersistentSandboxTerminate PersistentSandboxTunnelsList
      """),
    Family(
      "Use the sandbox instead of its container: modal.Sandbox.list() finds it, and it has exec, "
        + "filesystem, stdout and terminate().",
      """
      ContainerExec ContainerExecGetOutput ContainerExecPutInput ContainerExecWait
      ContainerFilesystemExec
      """),
    Family(
      "Proxies are not supported: leave proxy= out.",
      """
      ProxyAddIp ProxyCreate ProxyDelete ProxyGet ProxyGetOrCreate ProxyList ProxyRemoveIp
      """),
  ]
}
