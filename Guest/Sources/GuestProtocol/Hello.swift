/// What each side says first.
public struct Hello: WireCodable, Equatable, Sendable {
  /// The speaker's `ProtocolVersion.current`.
  public var version: UInt32
  /// The guest's kernel release as `uname` has it; empty from the host.
  public var kernel: String

  /// What a side with this version says.
  public init(version: UInt32 = ProtocolVersion.current, kernel: String = "") {
    self.version = version
    self.kernel = kernel
  }

  public init(from reader: inout WireReader) throws(WireError) {
    version = try reader.integer()
    kernel = try reader.string()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(version)
    writer.write(kernel)
  }
}
