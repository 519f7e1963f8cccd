import Machines

/// How a sandbox came to run: the stages of its creation, one after another, and how long each took.
public struct CreateTrace: Codable, Sendable, Equatable {
  /// A part of the creation.
  public struct Stage: Codable, Sendable, Equatable {
    /// What was done, in a word or two.
    public var name: String
    /// How long it took, in seconds.
    public var seconds: Double
    /// Why it failed; nil where it did not.
    public var failure: String?

    /// A stage.
    public init(name: String, seconds: Double, failure: String? = nil) {
      self.name = name
      self.seconds = seconds
      self.failure = failure
    }
  }

  /// The first process that a client started, in seconds since the sandbox could be used. When it
  /// began also depends on when the client asked for it.
  public struct FirstExec: Codable, Sendable, Equatable {
    /// When it ran.
    public var started: Double
    /// When it had ended; nil while it runs, or where nobody saw it end.
    public var exited: Double?

    /// A first process.
    public init(started: Double, exited: Double? = nil) {
      self.started = started
      self.exited = exited
    }
  }

  /// How the machine was started; nil where it was not.
  public var path: LaunchTrace.Path?
  /// The stages in their order; none overlaps another. The last one may have failed.
  public var stages: [Stage]
  /// Whether the sandbox could be used in the end.
  public var isReady: Bool
  /// The first process of a client, where there was one.
  public var firstExec: FirstExec?

  /// A trace; without arguments that of a creation which has just begun.
  public init(
    path: LaunchTrace.Path? = nil, stages: [Stage] = [], isReady: Bool = false,
    firstExec: FirstExec? = nil
  ) {
    self.path = path
    self.stages = stages
    self.isReady = isReady
    self.firstExec = firstExec
  }

  /// All stages together, in seconds.
  public var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }
}
