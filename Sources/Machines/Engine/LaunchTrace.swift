/// How a machine was started, and how long each stage of that took.
public struct LaunchTrace: Sendable, Equatable, Codable {
  /// The ways to a running machine, slowest first.
  public enum Path: String, Sendable, Codable, CaseIterable {
    /// The kernel booted: there was no template for such a machine yet.
    case coldBoot
    /// A template was restored for this machine.
    case restore
    /// A machine that had been restored before waited for its disk.
    case warmPool
  }

  /// A part of a start.
  public struct Stage: Sendable, Equatable, Codable {
    /// What was done, in a word or two: `qemu`, `root disk`, `identity`, ….
    public var name: String
    /// How long it took, in seconds.
    public var seconds: Double

    /// A stage.
    public init(name: String, seconds: Double) {
      self.name = name
      self.seconds = seconds
    }
  }

  /// The way.
  public var path: Path
  /// The stages in their order; none overlaps another.
  public var stages: [Stage]

  /// A trace.
  public init(path: Path, stages: [Stage] = []) {
    self.path = path
    self.stages = stages
  }
}
