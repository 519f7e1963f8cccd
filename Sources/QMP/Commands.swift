/// A QMP command with typed arguments; the arguments are what it encodes to.
///
/// Names and members are those of the QEMU QMP Reference Manual.
public protocol QMPCommand: Encodable, Sendable {
  /// What QEMU returns.
  associatedtype Reply: Decodable, Sendable
  /// The command's name.
  static var name: String { get }
}

/// The reply of a command that returns nothing.
public struct EmptyReply: Decodable, Sendable, Equatable {
  /// Accepts anything.
  public init(from decoder: any Decoder) throws {}
}

/// Whether the VM runs, and why not.
public struct QueryStatus: QMPCommand {
  /// What `query-status` returns.
  public struct Reply: Decodable, Sendable, Equatable {
    /// Whether the virtual CPUs run.
    public let running: Bool
    /// QEMU's `RunState`: `running`, `paused`, `prelaunch`, `inmigrate`, `shutdown`, …
    public let status: String
  }

  /// The command's name.
  public static let name = "query-status"
  /// The command.
  public init() {}
}

/// Starts the virtual CPUs.
public struct Cont: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "cont"
  /// The command.
  public init() {}
}

/// Stops the virtual CPUs.
public struct Stop: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "stop"
  /// The command.
  public init() {}
}

/// Ends QEMU; the guest does not learn of it. See also ``QMPClient/quit(timeout:)``.
public struct Quit: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "quit"
  /// The command.
  public init() {}
}

/// Presses the VM's power button; the guest decides what to do about it.
public struct SystemPowerdown: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "system_powerdown"
  /// The command.
  public init() {}
}

/// QEMU's version.
public struct QueryVersion: QMPCommand {
  /// It returns the version.
  public typealias Reply = QEMUVersion
  /// The command's name.
  public static let name = "query-version"
  /// The command.
  public init() {}
}

/// QEMU's version, of the greeting and of `query-version`.
public struct QEMUVersion: Codable, Sendable, Equatable {
  /// The three numbers.
  public struct Numbers: Codable, Sendable, Equatable {
    /// As 7 in 7.2.0.
    public let major: Int
    /// As 2 in 7.2.0.
    public let minor: Int
    /// As 0 in 7.2.0.
    public let micro: Int
  }

  /// The version of QEMU itself.
  public let qemu: Numbers
  /// The distribution's name for its build; may be empty.
  public let package: String
}
