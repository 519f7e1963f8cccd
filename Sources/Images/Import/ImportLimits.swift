/// What an image that is imported may hold.
public struct ImportLimits: Sendable, Equatable {
  /// The files, directories and links of all its layers together.
  public var entries = 2_000_000
  /// The bytes of all its layers together, unpacked.
  public var bytes: Int64 = 64 << 30

  /// The usual limits.
  public init() {}
}
