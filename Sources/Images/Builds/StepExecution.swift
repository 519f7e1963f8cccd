import Dockerfile
import Errors
import Foundation
import Machines

/// The execution of one step in a machine.
struct StepExecution: Sendable {
  let heading: String
  let machine: any Machine
  let context: BuildContext
  let journal: BuildJournal

  /// Does something with the machine; whatever fails becomes a `BuildFailure` that names the step.
  func run(_ body: (StepExecution) async throws -> Void) async throws {
    do {
      try context.layers.requireFreeSpace(context.limits.minimumFreeBytes)
      try await body(self)
    } catch let error as SandlotError {
      throw await explained(error)
    }
  }

  /// Runs the command of a `RUN` to its end, streaming its output.
  func perform(_ command: RunCommand, secrets: [String: String]) async throws {
    var environment = command.environment
    for (name, value) in secrets.sorted(by: { $0.key < $1.key }) {
      environment.set(name, to: value)
    }
    var result = MachineCommand(
      arguments: command.argv, environment: environment.map { "\($0.name)=\($0.value)" })
    result.workingDirectory = command.workingDirectory
    result.createsWorkingDirectory = true
    result.user = command.user
    try await succeed(result)
  }

  /// Copies files into the image.
  func perform(_ job: CopyJob) async throws {
    try await machine.mountFiles(job.disk)
    let argument = String(decoding: try JSONEncoder().encode(job.request), as: UTF8.self)
    try await succeed(MachineCommand(arguments: [CopyRequest.tool, argument]))
    try await machine.mountFiles(nil)
  }

  /// Runs a command, which has to end well.
  func succeed(_ command: MachineCommand) async throws {
    let (status, tail) = try await execute(command)
    guard let problem = problem(of: status) else { return }
    throw failure(problem, output: tail)
  }
}
