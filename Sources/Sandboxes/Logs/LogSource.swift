import SystemPackage

/// Who wrote a line of a sandbox's log.
public enum LogSource: UInt8, Sendable, CaseIterable {
  /// The entrypoint, to its standard output.
  case standardOutput = 1
  /// The entrypoint, to its standard error.
  case standardError = 2
  /// The server: what became of the sandbox.
  case system = 3

  /// The file of a log that holds what it wrote.
  var fileName: FilePath.Component {
    switch self {
    case .standardOutput: "stdout"
    case .standardError: "stderr"
    case .system: "system"
    }
  }
}
