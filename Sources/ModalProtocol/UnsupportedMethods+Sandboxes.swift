extension UnsupportedMethods {
  /// What belongs to sandboxes and is not there (yet).
  static let sandboxes = [
    Family(
      "Snapshots of the memory and at a sandbox's end are not supported yet: take one of the "
        + "filesystem with snapshot_filesystem while it runs.",
      """
      SandboxGetExitSnapshot SandboxGetExitSnapshotV2 SandboxRestore SandboxRestoreV2
      SandboxSnapshot SandboxSnapshotGet SandboxSnapshotWait
      """),
    Family(
      "Snapshots of the filesystem are not taken in the way of older SDKs: leave "
        + "MODAL_USE_LEGACY_FILESYSTEM_SNAPSHOT out.",
      """
      SandboxSnapshotFs SandboxSnapshotFsAsync SandboxSnapshotFsAsyncGet
      """),
    Family(
      "Ports of a sandbox cannot be reached from outside yet: talk to its servers with exec, from "
        + "the inside.",
      """
      SandboxCreateConnectToken SandboxCreateConnectTokenV2 SandboxGetTunnels SandboxGetTunnelsV2
      TunnelStart TunnelStop
      """),
    Family(
      "The network of a running sandbox cannot be changed: choose block_network when you create it.",
      """
      SandboxSetOutboundPolicy SandboxSetOutboundPolicyV2
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
      "Use the sandbox instead of its container: it has exec, filesystem, stdout and terminate(). "
        + "JavaScript and Go before 0.7.6 call this for exec and open: update the SDK.",
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
