import Machines

/// How a sandbox stands, for the people who run the server.
public struct SandboxOverview: Sendable, Equatable {
  /// Where it is in its life.
  public enum State: String, Sendable, CaseIterable {
    /// Written down; nothing was started.
    case requested
    /// Its machine boots and its entrypoint is started.
    case starting
    /// It can be used.
    case running
    /// Its machine is being stopped.
    case stopping
    /// It has a result.
    case finished
  }

  /// What is known of it.
  public var info: SandboxInfo
  /// Where it is in its life.
  public var state: State
  /// Its CPU request in thousandths of a physical core, also where it is the default.
  public var milliCPU: Int64
  /// Its memory in MiB, also where it is the default.
  public var memoryMiB: Int64
  /// How its machine was started; nil where it was not.
  public var path: LaunchTrace.Path?
  /// Physical cores in use at the last reading; nil where it does not run.
  public var coresInUse: Double?
  /// The guest's memory in use, in bytes; nil where it does not run or has not said.
  public var guestMemoryBytes: Int64?
  /// The host's memory that only its machine holds, in bytes; nil where it does not run.
  public var hostMemoryBytes: Int64?
  /// What it costs so far; nil where it never ran.
  public var cost: UsageCost?

  /// How a sandbox stands.
  package init(
    info: SandboxInfo, state: State, milliCPU: Int64, memoryMiB: Int64,
    path: LaunchTrace.Path? = nil, coresInUse: Double? = nil, guestMemoryBytes: Int64? = nil,
    hostMemoryBytes: Int64? = nil, cost: UsageCost? = nil
  ) {
    self.info = info
    self.state = state
    self.milliCPU = milliCPU
    self.memoryMiB = memoryMiB
    self.path = path
    self.coresInUse = coresInUse
    self.guestMemoryBytes = guestMemoryBytes
    self.hostMemoryBytes = hostMemoryBytes
    self.cost = cost
  }
}
