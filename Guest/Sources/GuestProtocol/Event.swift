/// How a process ended.
public enum ExitStatus: Equatable, Hashable, Sendable {
  /// It exited with this code.
  case code(Int32)
  /// This signal killed it.
  case signal(Int32)
  /// The kernel killed it, or a process that it started and whose end it passed on, because memory
  /// was used up; `victim` is the name of the process that was killed. A shell would show 137.
  case outOfMemory(victim: String)
}

/// What the agent tells without being asked.
public enum Event: Equatable, Sendable {
  /// A process that `spawn` started has ended. Its output streams may still carry data; each ends
  /// with its own `end` frame.
  case exited(process: UInt32, status: ExitStatus)
}

extension Event: WireCodable {
  public init(from reader: inout WireReader) throws(WireError) {
    let tag = try reader.integer(UInt8.self)
    let process = try reader.integer(UInt32.self)
    switch tag {
    case 1: self = .exited(process: process, status: .code(try reader.integer()))
    case 2: self = .exited(process: process, status: .signal(try reader.integer()))
    case 3: self = .exited(process: process, status: .outOfMemory(victim: try reader.string()))
    default: throw .malformed("an event has the unknown tag \(tag)")
    }
  }

  public func encode(into writer: inout WireWriter) {
    switch self {
    case .exited(let process, .code(let code)):
      writer.write(UInt8(1))
      writer.write(process)
      writer.write(code)
    case .exited(let process, .signal(let signal)):
      writer.write(UInt8(2))
      writer.write(process)
      writer.write(signal)
    case .exited(let process, .outOfMemory(let victim)):
      writer.write(UInt8(3))
      writer.write(process)
      writer.write(victim)
    }
  }
}
