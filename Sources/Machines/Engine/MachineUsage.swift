/// What a machine has used of the host since `launch` returned it.
public struct MachineUsage: Sendable, Equatable {
  /// Processor time of its QEMU in seconds of a logical processor: the guest's work, and what
  /// emulating or virtualizing it cost. It never goes down.
  public var processorSeconds: Double
  /// The memory that the guest's processes and kernel occupy, as `free` inside shows it, in bytes;
  /// nil where the guest did not say: it has ended, or does not answer.
  public var guestMemoryBytes: Int64?
  /// The host's memory that only this machine holds, in bytes; nil once it has ended.
  public var hostMemoryBytes: Int64?

  /// What a machine has used.
  public init(
    processorSeconds: Double = 0, guestMemoryBytes: Int64? = nil, hostMemoryBytes: Int64? = nil
  ) {
    self.processorSeconds = processorSeconds
    self.guestMemoryBytes = guestMemoryBytes
    self.hostMemoryBytes = hostMemoryBytes
  }
}
