import Errors

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
  /// The names of all stages of the file, by their index.
  let names: [String?]

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

extension BuildStage {
  /// Where a copy of this stage takes paths from.
  ///
  /// - Throws: `invalidArgument` for a stage that does not come before this one.
  func source(
    of copy: Instruction.Copy, at instruction: Instruction
  ) throws(SandlotError) -> CopyCommand.Source {
    guard let from = copy.from else { return .context }
    guard !from.contains("$") else {
      throw instruction.unsupported(
        "--from takes no variables, “\(from)”",
        hint: "Name the image in a stage of its own, “FROM \(from) AS files”, and copy from that.")
    }
    if let index = Int(from) {
      guard (0..<self.index).contains(index) else {
        throw instruction.invalid(
          "there is no stage \(index) before this one, which is stage \(self.index)",
          hint: "Stages are counted from 0.")
      }
      return .stage(index)
    }
    let matches = names.indices.filter { names[$0]?.lowercased() == from.lowercased() }
    if let index = matches.last(where: { $0 < self.index }) { return .stage(index) }
    guard matches.isEmpty else {
      throw instruction.invalid(
        "the stage “\(from)” does not come before this one",
        hint: "A stage can copy from earlier stages only; move it up.")
    }
    guard from != "scratch" else {
      throw instruction.invalid("there is nothing to copy from scratch")
    }
    return .image(from)
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
