import Dockerfile
import Store

/// What the disk after a step depends on, besides the disk before it.
///
/// It is kept in parts, so that people can be told which of them is another than last time.
package struct StepInputs: Sendable, Equatable {
  /// The parts, in a fixed order.
  package private(set) var parts: [BuildStepRow.Input] = []

  private mutating func add(_ name: String, _ values: [String]) {
    parts.append(.init(name: name, digest: ImageKey.hash(values)))
  }

  /// Those of a `RUN`: its secrets count by their names, never by their values.
  package init(_ command: RunCommand, secretNames: [String]) {
    add("command", command.argv)
    add("environment", command.environment.flatMap { [$0.name, $0.value] })
    add("working directory", [command.workingDirectory])
    add("user", [command.user])
    add("names of the secrets", secretNames.sorted())
  }

  /// Those of a `COPY` or `ADD`.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - files: Names what the files hold: equal for equal files, another for others.
  package init(_ step: BuildStep, files: String) {
    add("instruction", [step.canonical])
    add("files", [files])
  }

  /// Those of a step that makes a directory.
  package init(_ step: BuildStep) { add("instruction", [step.canonical]) }
}
