extension UnsupportedMethods {
  /// What the router of a running sandbox does not do (yet).
  static let router = [
    Family(
      "Snapshots of a directory or of the memory are not supported yet: take one of the whole "
        + "filesystem with snapshot_filesystem, or copy files out with sb.filesystem.",
      """
      TaskSnapshotDirectory TaskSnapshotMemory
      """),
    Family(
      "Images cannot be mounted into a running sandbox yet: start the sandbox from that image.",
      """
      TaskMountDirectory TaskUnmountDirectory
      """),
    Family(
      "Volumes are not supported yet: copy files in and out with sb.filesystem.",
      """
      TaskReloadVolumes
      """),
    Family(
      "The network of a running sandbox cannot be changed: choose block_network when you create it.",
      """
      TaskSetNetworkAccess TaskSetOutboundPolicy
      """),
    Family(
      "Sidecars are not supported: start the other process with exec, or a second sandbox.",
      """
      TaskContainerCreate TaskContainerGet TaskContainerList TaskContainerTerminate
      TaskContainerWait
      """),
  ]
}
