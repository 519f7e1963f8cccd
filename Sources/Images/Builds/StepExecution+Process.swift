import Errors
import Foundation
import GuestProtocol
import Machines
import Synchronization

extension StepExecution {
  /// Where the agent keeps the filesystem tool in every machine.
  private static let filesystemTool = "/__modal/.bin/modal-sandbox-fs-tools"

  /// How long output is awaited after the process has ended: what it left running may hold the
  /// streams open for ever.
  private static let drainGrace: Duration = .seconds(1)

  private enum Part: Sendable {
    case status(ExitStatus)
    case streamEnded
    case graceOver
  }

  /// Runs a command without input; returns how it ended and its last lines.
  func execute(_ command: MachineCommand) async throws -> (status: ExitStatus, tail: String) {
    var command = command
    command.standardInput = .null
    let process = try await machine.spawn(command)
    let tail = SharedTail()
    let status = try await withThrowingTaskGroup(of: Part.self) { group in
      for (output, stream) in [
        (process.standardOutput, BuildLog.Stream.standardOutput),
        (process.standardError, .standardError),
      ] {
        group.addTask {
          await follow(output, stream, tail)
          return .streamEnded
        }
      }
      group.addTask { .status(try await process.wait()) }
      return try await collect(&group)
    }
    return (status, tail.text)
  }

  /// The status, once the streams have ended or the grace is over.
  private func collect(
    _ group: inout ThrowingTaskGroup<Part, any Error>
  ) async throws -> ExitStatus {
    var result: ExitStatus?
    var openStreams = 2
    while result == nil || openStreams > 0 {
      switch try await group.next() {
      case .status(let status):
        result = status
        let clock = context.clock
        group.addTask {
          try? await clock.sleep(for: Self.drainGrace)
          return .graceOver
        }
      case .streamEnded: openStreams -= 1
      case .graceOver, nil: openStreams = 0
      }
    }
    group.cancelAll()
    // The followers pass on what they have; a reader must not find it after the end.
    while try await group.next() != nil {}
    guard let result else { throw CancellationError() }
    return result
  }

  private func follow(
    _ output: ProcessOutput, _ stream: BuildLog.Stream, _ tail: SharedTail
  ) async {
    var text = OutputText()
    func pass(_ piece: String) {
      journal.append(piece, stream)
      tail.append(piece)
    }
    do {
      for try await chunk in output { pass(text.append(chunk)) }
    } catch {
      // The machine's end is told by the process's.
    }
    pass(text.finish())
  }

  /// Makes a directory of a `WORKDIR`.
  func make(_ directory: String) async throws {
    let request = ["MakeDirectory": MakeDirectory(path: directory, parents: true)]
    let argument = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
    let command = MachineCommand(arguments: [Self.filesystemTool, argument])
    let (status, tail) = try await execute(command)
    guard status == .code(0) else {
      throw failure("the directory \(directory) cannot be made", output: tail)
    }
  }

  private struct MakeDirectory: Encodable {
    let path: String
    let parents: Bool
  }
}

/// The last lines of both streams, as they came.
private final class SharedTail: Sendable {
  private let tail = Mutex(OutputTail())

  var text: String { tail.withLock { $0.text } }

  func append(_ text: String) { tail.withLock { $0.append(text) } }
}
