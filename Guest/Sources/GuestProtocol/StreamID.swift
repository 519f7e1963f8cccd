/// The channel numbers of a process's streams.
///
/// Both sides derive them from the process's number; a stream whose mode is not `pipe` has none.
public struct StreamID: Hashable, Sendable {
  /// Which of the three.
  public enum Descriptor: UInt32, Sendable, CaseIterable {
    /// Host → guest.
    case standardInput = 0
    /// Guest → host.
    case standardOutput = 1
    /// Guest → host.
    case standardError = 2
  }

  /// The process's number.
  public let process: UInt32
  /// Which stream of it.
  public let descriptor: Descriptor

  /// The stream of a process; process numbers are below 2³⁰.
  public init(process: UInt32, _ descriptor: Descriptor) {
    self.process = process
    self.descriptor = descriptor
  }

  /// The stream behind a frame's channel number, or nil where the number is none.
  public init?(channel: UInt32) {
    guard let descriptor = Descriptor(rawValue: channel & 3) else { return nil }
    self.init(process: channel >> 2, descriptor)
  }

  /// The number for `Frame.channel`.
  public var channel: UInt32 { process << 2 | descriptor.rawValue }
}
