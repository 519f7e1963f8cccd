/// A file of a mount that a client makes; its content has been sent before.
public struct MountedFile: Sendable, Equatable {
  /// Where it is to be, absolute.
  public var path: String
  /// The SHA-256 of its content.
  public var sha256: String
  /// Its permissions; nil means 0644.
  public var mode: UInt32?

  /// A file.
  public init(path: String, sha256: String, mode: UInt32? = nil) {
    self.path = path
    self.sha256 = sha256
    self.mode = mode
  }
}

/// A mount, as clients see it.
public struct MountInfo: Sendable, Equatable {
  /// `mo-…`.
  public var id: String
  /// The content address of its files.
  public var digest: String
}
