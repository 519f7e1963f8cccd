import Errors
import SystemPackage

/// What turns a request into a running machine: the seam between `Machines` and the layers above.
///
/// The real one is `MachineHost`; tests of the layers above bring their own, which starts in
/// microseconds.
public protocol MachineLauncher: Sendable {
  /// Starts a machine and gives it its identity and its root; returns when processes can be
  /// spawned in it.
  ///
  /// Throws `SandlotError`: `resourceExhausted` where the host has no room, `failedPrecondition`
  /// where the host lacks what the request needs (network without privileges), `internal` where
  /// the machine did not boot; nothing of it is left behind then. Cancelling the task stops the
  /// start and cleans up too.
  func launch(_ request: MachineRequest) async throws -> any Machine
}

/// A machine to start.
public struct MachineRequest: Sendable, Equatable {
  /// What QEMU's pc-q35 machines take without an interrupt remapper.
  public static let maximumVirtualCPUs = 255

  /// Names the machine in paths, logs and errors: a sandbox's or a build's id.
  public var id: String
  /// Memory in MiB, exactly.
  public var memoryMiB: Int
  /// Virtual CPUs, at least 1, at most `maximumVirtualCPUs`.
  public var virtualCPUs: Int
  /// Its claim on the host's processors.
  public var processorShare = ProcessorShare()
  /// The read-only disk layers of the root, base first; qcow2, never empty.
  public var layers: [FilePath]
  /// Files that are mounted from the start, before the first process; nil for none.
  public var files: FilesDisk?
  /// Whether these files appear at their paths in the root as well, writable: what is written to them
  /// stays in the machine's memory.
  public var deliversFiles = false
  /// The host name inside.
  public var hostname: String
  /// Whether the machine gets a network interface.
  public var network: NetworkAccess

  /// A claim on the host's processors, in thousandths of a logical processor.
  public struct ProcessorShare: Sendable, Equatable {
    /// What it gets when processors are short; more where they are not.
    public var guaranteed: Int
    /// What it never gets more of; nil for no limit.
    public var limit: Int?

    /// The claim of what nobody waits for: it runs while the host has nothing better to do.
    static let background = ProcessorShare(guaranteed: 10)

    /// A claim; without arguments one whole processor, without a limit.
    public init(guaranteed: Int = 1000, limit: Int? = nil) {
      self.guaranteed = guaranteed
      self.limit = limit
    }
  }

  /// What a machine may reach.
  public enum NetworkAccess: Sendable, Equatable {
    /// Outbound IPv4 and DNS, never the host or another machine.
    case outbound
    /// Nothing but its own loopback: it has no interface.
    case blocked
  }

  /// A request.
  public init(
    id: String, memoryMiB: Int, virtualCPUs: Int, layers: [FilePath], hostname: String,
    network: NetworkAccess
  ) {
    self.id = id
    self.memoryMiB = memoryMiB
    self.virtualCPUs = virtualCPUs
    self.layers = layers
    self.hostname = hostname
    self.network = network
  }
}
