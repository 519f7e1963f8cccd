import Errors
import Subprocess
import SystemPackage

extension Tool {
  /// Called with each line that a running program writes, as it writes it.
  public typealias LineHandler = @Sendable (String) -> Void

  /// Runs the program and waits for it to end well.
  ///
  /// The program gets the server's environment with `environment` laid over it and messages in
  /// English. When the calling task is cancelled, it and its children get SIGTERM, then SIGKILL.
  /// - Parameters:
  ///   - arguments: What follows the program's name; no shell is involved.
  ///   - environment: Variables to set.
  ///   - directory: The working directory; the server's own when nil.
  ///   - input: The text of its standard input.
  ///   - limit: How many bytes of each stream are kept.
  ///   - onLine: Told every line of both streams.
  /// - Throws: `SandlotError` when the program is missing or fails, `CancellationError` when the
  ///   task was cancelled.
  @discardableResult
  public func run(
    _ arguments: [String], environment: [String: String] = [:], in directory: FilePath? = nil,
    input: String = "", limit: Int = 1 << 20, onLine: LineHandler? = nil
  ) async throws -> ToolOutput {
    guard let executable = locate() else { throw missing }
    let standardInput = try ToolInput(input)
    defer { standardInput.close() }
    do {
      let result = try await Subprocess.run(
        .path(executable), arguments: Arguments(arguments),
        environment: Self.environment(adding: environment), workingDirectory: directory,
        platformOptions: Self.ownProcessGroup,
        input: .fileDescriptor(standardInput.descriptor, closeAfterSpawningProcess: false),
        output: .sequence, error: .sequence
      ) { execution in
        async let output = Self.collect(
          execution.standardOutput, .beginning, limit: limit, onLine: onLine)
        async let error = Self.collect(
          execution.standardError, .end, limit: limit, onLine: onLine)
        return try await ToolOutput(standardOutput: output, standardError: error)
      }
      try Task.checkCancellation()
      guard result.terminationStatus.isSuccess else {
        throw failed(result.terminationStatus, result.closureResult)
      }
      return result.closureResult
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw SandlotError(.internal, "\(name) could not be run: \(error).")
    }
  }

  private static func environment(adding variables: [String: String]) -> Environment {
    var updates: [Environment.Key: String?] = ["LC_ALL": "C.UTF-8", "PATH": searchPath]
    for (name, value) in variables {
      guard let key = Environment.Key(rawValue: name) else { continue }
      updates[key] = value
    }
    return .inherit.updating(updates)
  }

  /// A group of its own, so that a cancelled program takes its children with it.
  private static var ownProcessGroup: PlatformOptions {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(10)),
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
    ]
    return options
  }

  private static func collect(
    _ stream: SubprocessOutputSequence, _ part: BoundedText.Part, limit: Int,
    onLine: LineHandler?
  ) async throws -> String {
    var kept = BoundedText(part, limit: limit)
    var splitter = LineSplitter()
    for try await buffer in stream {
      let chunk = buffer.withUnsafeBytes { Array($0) }
      kept.append(chunk)
      if let onLine { splitter.append(chunk).forEach(onLine) }
    }
    if let onLine { splitter.finish().forEach(onLine) }
    return kept.text
  }

  private func failed(_ status: TerminationStatus, _ output: ToolOutput) -> SandlotError {
    let said = output.standardError.isEmpty ? output.standardOutput : output.standardError
    let reason = said.split(whereSeparator: \.isNewline).suffix(5).joined(separator: "\n")
    let how =
      switch status {
      case .exited(let code): "exit code \(code)"
      case .signaled(let signal): "signal \(signal)"
      }
    if said.contains("No space left on device") {
      return SandlotError(
        .resourceExhausted, "The disk is full: \(name) failed (\(how)): \(reason)",
        hint: "Free some space, or move the data directory to a larger disk.")
    }
    return SandlotError(.internal, "\(name) failed (\(how)): \(reason)")
  }
}
