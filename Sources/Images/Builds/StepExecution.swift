import Dockerfile
import Errors
import Machines

/// The execution of one `RUN`.
struct StepExecution: Sendable {
  let heading: String
  let command: RunCommand
  let secrets: [String: String]
  /// Directories to be made before it.
  let directories: [String]
  let machine: any Machine
  let context: BuildContext
  let journal: BuildJournal

  /// Runs the command to its end, streaming its output.
  ///
  /// Throws `BuildFailure` naming the step where it does not end well.
  func run() async throws {
    do {
      try context.layers.requireFreeSpace(context.limits.minimumFreeBytes)
      for directory in directories { try await make(directory) }
      let (status, tail) = try await execute(machineCommand)
      guard let problem = problem(of: status) else { return }
      throw failure(problem, output: tail)
    } catch let error as SandlotError {
      throw await explained(error)
    }
  }

  private var machineCommand: MachineCommand {
    var environment = command.environment
    for (name, value) in secrets.sorted(by: { $0.key < $1.key }) {
      environment.set(name, to: value)
    }
    var result = MachineCommand(
      arguments: command.argv, environment: environment.map { "\($0.name)=\($0.value)" })
    result.workingDirectory = command.workingDirectory
    result.createsWorkingDirectory = true
    result.user = command.user
    return result
  }
}
