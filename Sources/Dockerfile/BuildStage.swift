/// A stage of a build: a `FROM` and the instructions up to the next.
public struct BuildStage: Sendable, Equatable {
  /// Its number in the Dockerfile, from 0.
  public let index: Int
  /// The name that `AS` gives it.
  public let name: String?
  /// The line of its `FROM`, counted from 1.
  public let line: Int
  /// The text of its `FROM`.
  public let text: String
  /// What it builds on.
  public let base: Base
  /// The instructions after `FROM`.
  let instructions: [Instruction]

  /// What a stage builds on.
  public enum Base: Sendable, Equatable {
    /// Nothing: `FROM scratch`.
    case scratch
    /// An image, by its reference.
    case image(String)
    /// An earlier stage, by its ``BuildStage/index``.
    case stage(Int)
  }
}

/// The steps of a stage, and what a stage that builds on it takes over.
public struct StagePlan: Sendable, Equatable {
  /// The steps in their order; none where the stage says nothing but `FROM`.
  public let steps: [BuildStep]
  /// The configuration after the last step.
  public let config: ImageConfig
  /// The build arguments that are declared at its end: a stage that builds on this one has them.
  public let arguments: [EnvironmentVariable]
  /// What the user is to be told, each with its line.
  public let warnings: [String]
}
