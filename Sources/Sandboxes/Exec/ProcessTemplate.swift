import Errors
import GuestProtocol
import Machines

/// What an image and a sandbox's specification together say about the sandbox's processes.
struct ProcessTemplate: Sendable {
  /// PATH where the image sets none; what Docker uses.
  static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  /// TERM where neither the client of a terminal nor anything else names one; what Docker uses.
  static let defaultTerminal = "xterm"

  let image: SandboxImage
  let specification: SandboxSpecification

  /// The entrypoint: the image's ENTRYPOINT with the sandbox's arguments, or else the image's CMD;
  /// nil where all are empty and the sandbox idles.
  var entrypoint: MachineCommand? {
    let parameters = specification.arguments.isEmpty ? image.cmd ?? [] : specification.arguments
    let arguments = (image.entrypoint ?? []) + parameters
    guard !arguments.isEmpty else { return nil }
    var command = command(arguments, terminal: specification.terminal, environment: [])
    command.initRole =
      switch specification.isInit {
      case nil: .recognized
      case true?: .always
      case false?: .never
      }
    return command
  }

  /// A client's exec.
  func command(for exec: ExecSpecification) -> MachineCommand {
    var command = command(
      exec.arguments, terminal: exec.terminal, environment: exec.environment)
    if let directory = exec.workingDirectory, !directory.isEmpty {
      command.workingDirectory = directory
      command.createsWorkingDirectory = false
    }
    guard exec.terminal == nil else { return command }
    command.standardOutput = exec.standardOutput.stream
    command.standardError = exec.standardError.stream
    return command
  }

  /// The working directory is made where it is missing, as Docker does for WORKDIR and `--workdir`
  /// of a container; that of an exec must exist.
  private func command(
    _ arguments: [String], terminal: TerminalSettings?, environment: [EnvironmentVariable]
  ) -> MachineCommand {
    var variables = MergedEnvironment()
    variables.set("PATH", Self.defaultPath)
    if terminal != nil { variables.set("TERM", Self.defaultTerminal) }
    variables.set(image.environment)
    variables.set(specification.environment)
    if let terminal { variables.set(terminal.environment) }
    variables.set(environment)
    var command = MachineCommand(arguments: arguments, environment: variables.assignments)
    command.workingDirectory = workingDirectory
    command.createsWorkingDirectory = true
    command.user = image.user
    command.terminal = terminal?.window
    return command
  }

  private var workingDirectory: String {
    let candidates = [specification.workingDirectory ?? "", image.workingDirectory]
    return candidates.first { !$0.isEmpty } ?? "/"
  }
}

extension ExecSpecification.Output {
  fileprivate var stream: ProcessSpecification.Stream {
    switch self {
    case .discard: .null
    case .pipe: .pipe
    case .merged: .merged
    }
  }
}

extension TerminalSettings {
  fileprivate var window: ProcessSpecification.Terminal {
    ProcessSpecification.Terminal(
      rows: rows == 0 ? 24 : UInt16(clamping: rows),
      columns: columns == 0 ? 80 : UInt16(clamping: columns))
  }

  fileprivate var environment: [EnvironmentVariable] {
    let all = [("TERM", term), ("COLORTERM", colorTerm), ("TERM_PROGRAM", termProgram)]
    return all.filter { !$0.1.isEmpty }.map { EnvironmentVariable(name: $0.0, value: $0.1) }
  }
}
