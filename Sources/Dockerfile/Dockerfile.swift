import Errors

/// A Dockerfile, parsed and not yet evaluated.
///
/// It holds what is written there; ``validate()`` says whether Sandlot can build all of it,
/// ``stages(buildArguments:)`` gives its stages, and
/// ``plan(_:base:inheriting:buildArguments:)`` turns each into steps. The grammar is that of the
/// Dockerfile reference (docs.docker.com/reference/dockerfile).
public struct Dockerfile: Sendable, Equatable {
  /// The instructions in the order of the file; the first that is not an `ARG` is a `FROM`.
  public let instructions: [Instruction]

  /// Parses the lines of a Dockerfile.
  ///
  /// An element of `lines` is one line, or several with newlines between them, as an image built
  /// from a multi-line command has them.
  ///
  /// - Throws: `invalidArgument` with the line number and the text at fault.
  public init(lines: [String]) throws(SandlotError) {
    var reader = try LineReader(lines: lines)
    var instructions: [Instruction] = []
    while let line = try reader.next() {
      instructions.append(try Instruction(line, escape: reader.escape))
    }
    try Self.checkStart(of: instructions)
    self.instructions = instructions
  }

  private static func checkStart(of instructions: [Instruction]) throws(SandlotError) {
    for instruction in instructions {
      switch instruction.kind {
      case .arg: continue
      case .from: return
      default: throw instruction.invalid("the first instruction has to be FROM")
      }
    }
    throw SandlotError(
      .invalidArgument, "The Dockerfile has no FROM instruction.",
      hint: "Begin it with FROM and the name of an image.")
  }
}
