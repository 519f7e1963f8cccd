/// What an image that is imported may hold.
public struct ImportLimits: Sendable, Equatable {
  /// The files, directories and links of all its layers together; a disk of 64 GiB has a million inodes.
  public var entries = 900_000
  /// The bytes of all its layers together, unpacked.
  public var bytes: Int64 = 64 << 30

  /// The usual limits.
  public init() {}
}
