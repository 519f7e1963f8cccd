/// What a build may use.
public struct BuildLimits: Sendable, Equatable {
  /// The memory of a build's machine in MiB.
  public var memoryMiB = 2048
  /// How long a build waits for so much memory where sandboxes and other builds have it.
  public var memoryPatience: Duration = .seconds(600)
  /// The virtual CPUs of a build's machine.
  public var virtualCPUs = 2
  /// How long all steps of a build may take together.
  public var timeLimit: Duration = .seconds(7200)
  /// The bytes that must be free where layers are kept before a step begins.
  public var minimumFreeBytes: Int64 = 2 << 30
  /// The bytes of a build's log that are kept.
  public var logBytes = 16 << 20
  /// The layers that an image may have; one that would have more is squashed, since each layer
  /// makes reads slower.
  public var maximumDepth = 12

  /// The usual limits.
  public init() {}
}
