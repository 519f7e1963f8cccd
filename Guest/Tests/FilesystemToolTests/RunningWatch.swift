import FilesystemTool
import Foundation
import JSON
import Testing

/// A watch that runs on a thread of its own, until its input is closed.
final class RunningWatch {
  private let input = Pipe()
  private let output = Pipe()
  private let errors = Pipe()
  private let done = DispatchSemaphore(value: 0)
  private let root: String
  private var pending = Data()

  /// Starts to watch and waits until it does.
  init(_ workspace: Workspace, _ name: String, recursive: Bool = false, filter: [String]) throws {
    root = workspace.path("")
    let probe = workspace.path(name) + "/.probe"
    let argument = JSONValue.object([
      .init(
        "Watch",
        .object([
          .init("path", .string(workspace.path(name))), .init("recursive", .bool(recursive)),
          .init("filter", .array(filter.map { .string($0) })), .init("timeout_secs", .integer(60)),
        ]))
    ])
    let text = String(decoding: argument.serialized, as: UTF8.self)
    let streams = Streams(
      input: input.fileHandleForReading.fileDescriptor,
      output: output.fileHandleForWriting.fileDescriptor,
      errors: errors.fileHandleForWriting.fileDescriptor)
    let done = self.done
    Thread.detachNewThread {
      _ = FilesystemTool.run(arguments: [text], streams: streams)
      done.signal()
    }
    try awaitProbe(probe)
  }

  /// Makes directories until one is reported: only then the watch has surely begun.
  private func awaitProbe(_ path: String) throws {
    while true {
      mkdir(path, 0o700)
      rmdir(path)
      var request = pollfd(
        fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      if poll(&request, 1, 20) == 1 { break }
    }
    mkdir(path + ".end", 0o700)
    while try nextEvent().last?.hasSuffix(".end") != true {}
  }

  /// The next event: its type, then its paths relative to the workspace.
  func nextEvent() throws -> [String] {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let value = try JSONValue(parsing: pending[pending.startIndex..<end])
        pending = Data(pending[(end + 1)...])
        guard case .string(let type)? = value["event_type"],
          case .array(let paths)? = value["paths"]
        else { return [] }
        return [type]
          + paths.map { path in
            guard case .string(let text) = path else { return "" }
            return String(text.dropFirst(root.count + 1))
          }
      }
      let data = output.fileHandleForReading.availableData
      try #require(!data.isEmpty)
      pending.append(data)
    }
  }

  /// The next so many events.
  func events(_ count: Int) throws -> [[String]] {
    try (0..<count).map { _ in try nextEvent() }
  }

  /// Closes its input; whether it ended.
  func stop() -> Bool {
    try? input.fileHandleForWriting.close()
    return hasEnded()
  }

  /// Whether it ended by itself.
  func hasEnded() -> Bool { done.wait(timeout: .now() + 20) == .success }
}
