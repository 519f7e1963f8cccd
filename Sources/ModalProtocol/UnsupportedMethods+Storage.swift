extension UnsupportedMethods {
  /// What keeps files and values under a name.
  static let storage = [
    Family(
      "Uploaded contents cannot be fetched again: they are for images and sandboxes.",
      """
      BlobGet
      """),
    Family(
      "Volumes are not supported yet: copy files in and out with sb.filesystem.",
      """
      ContainerReloadVolumes VolumeCommit VolumeCopyFiles VolumeCopyFiles2 VolumeDelete
      VolumeGetById VolumeGetFile VolumeGetFile2 VolumeGetOrCreate VolumeHeartbeat VolumeList
      VolumeListFiles VolumeListFiles2 VolumePutFiles VolumePutFiles2 VolumeReload
      VolumeRemoveFile VolumeRemoveFile2 VolumeRename
      """),
    Family(
      "Network file systems are not supported: copy files in and out with sb.filesystem.",
      """
      SharedVolumeDelete SharedVolumeGetFile SharedVolumeGetOrCreate SharedVolumeHeartbeat
      SharedVolumeList SharedVolumeListFiles SharedVolumeListFilesStream SharedVolumePutFile
      SharedVolumeRemoveFile
      """),
    Family(
      "Sandlot has no dicts and no queues: keep such data in a store of your own that the "
        + "sandboxes can reach.",
      """
      DictClear DictContains DictContents DictDelete DictGet DictGetById DictGetOrCreate
      DictHeartbeat DictLen DictList DictPop DictUpdate QueueClear QueueDelete QueueGet
      QueueGetById QueueGetOrCreate QueueHeartbeat QueueLen QueueList QueueNextItems QueuePut
      """),
  ]
}
