/// The agent's answer to one request.
public enum Reply: Equatable, Sendable {
  /// It is done.
  case done
  /// `spawn`: the process runs, with this id in the guest's process table.
  case spawned(pid: Int32)
  /// It could not be done; nothing of it remains.
  case failure(GuestFailure)
  /// `readMemory`: what the kernel counts as memory, and what of it processes could still take
  /// without swapping (MemTotal and MemAvailable of proc(5)'s meminfo), in bytes.
  case memory(total: UInt64, available: UInt64)
  /// `readClock`: nanoseconds of the guest's CLOCK_MONOTONIC.
  case clock(Int64)
  /// `probePort`: whether a connection was accepted.
  case port(isOpen: Bool)
}

/// Why the agent could not do something.
public struct GuestFailure: Error, WireCodable, Equatable, Sendable {
  /// The kinds that the host treats differently.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// The program of a `spawn` does not exist (in no directory of PATH, or not at its path).
    case programNotFound = 1
    /// The program exists and cannot be executed (mode, format, missing interpreter).
    case notExecutable = 2
    /// The working directory of a `spawn` does not exist or is no directory.
    case workingDirectory = 3
    /// Arguments and environment exceed what the kernel takes (E2BIG).
    case argumentsTooLong = 4
    /// The user or group of a `spawn` is not in the image.
    case unknownUser = 5
    /// The request does not fit the agent's state (spawn before mountRoot, unknown process, …).
    case invalidState = 6
    /// A system call failed; the message names it and what it was about.
    case system = 7
  }

  /// Which kind.
  public var kind: Kind
  /// The `errno` behind it, or 0.
  public var errno: Int32
  /// One sentence that names the value at fault.
  public var message: String

  /// A failure of this kind.
  public init(_ kind: Kind, errno: Int32 = 0, _ message: String) {
    self.kind = kind
    self.errno = errno
    self.message = message
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let tag = try reader.integer(UInt8.self)
    guard let kind = Kind(rawValue: tag) else {
      throw .malformed("a failure has the unknown kind \(tag)")
    }
    self.kind = kind
    errno = try reader.integer()
    message = try reader.string()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(kind.rawValue)
    writer.write(errno)
    writer.write(message)
  }
}

extension Reply: WireCodable {
  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.integer(UInt8.self) {
    case 1: self = .done
    case 2: self = .spawned(pid: try reader.integer())
    case 3: self = .failure(try GuestFailure(from: &reader))
    case 4: self = .memory(total: try reader.integer(), available: try reader.integer())
    case 5: self = .clock(try reader.integer())
    case 6: self = .port(isOpen: try reader.bool())
    case let tag: throw .malformed("a reply has the unknown tag \(tag)")
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .done: writer.write(UInt8(1))
    case .spawned(let pid):
      writer.write(UInt8(2))
      writer.write(pid)
    case .failure(let failure):
      writer.write(UInt8(3))
      failure.encode(into: &writer)
    case .memory(let total, let available):
      writer.write(UInt8(4))
      writer.write(total)
      writer.write(available)
    case .clock(let time):
      writer.write(UInt8(5))
      writer.write(time)
    case .port(let isOpen):
      writer.write(UInt8(6))
      writer.write(isOpen)
    }
  }
}
