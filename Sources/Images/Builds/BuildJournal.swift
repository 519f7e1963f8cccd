import Foundation
import Glibc
import Synchronization
import SystemPackage

/// The output of a build: kept in memory and in a file, and followed by any number of readers.
final class BuildJournal: Sendable {
  private struct State {
    var file: FileDescriptor?
    var entries: [BuildLog] = []
    var bytes = 0
    var isFull = false
    var end: ImageState?
    var readers: [UInt64: AsyncStream<BuildEvent>.Continuation] = [:]
    var nextReader: UInt64 = 0
  }

  private let state: Mutex<State>
  private let limit: Int
  private let now: @Sendable () -> Date

  /// A journal in a new file, in place of an earlier one.
  ///
  /// - Parameter limit: The bytes of the steps' output that are kept.
  init(path: FilePath, limit: Int, now: @escaping @Sendable () -> Date) {
    // A build whose log cannot be written goes on: the log in memory serves its readers.
    let file = try? FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate, .closeOnExec],
      permissions: [.ownerReadWrite])
    state = Mutex(State(file: file))
    self.limit = limit
    self.now = now
  }

  deinit { state.withLock { try? $0.file?.close() } }

  /// Takes some output; what the builder says is kept even when the log is full.
  func append(_ text: String, _ stream: BuildLog.Stream = .info) {
    guard !text.isEmpty else { return }
    state.withLock { state in
      if stream != .info {
        guard !state.isFull else { return }
        state.bytes += text.utf8.count
        if state.bytes > limit {
          state.isFull = true
          add(
            "The log is longer than \(limit >> 10) KiB; further output is not kept.\n", .info,
            &state)
          return
        }
      }
      add(text, stream, &state)
    }
  }

  /// Says how the build ended; only the first end counts, and nothing is to be appended after it.
  func finish(_ end: ImageState) {
    let (readers, entry) = state.withLock { state in
      guard state.end == nil else { return ([AsyncStream<BuildEvent>.Continuation](), 0) }
      state.end = end
      defer { state.readers = [:] }
      return (Array(state.readers.values), state.entries.count + 1)
    }
    for reader in readers {
      reader.yield(.finished(entry: entry, end))
      reader.finish()
    }
  }

  /// All events after the given entry: those that have been, then those that come.
  func events(after entry: Int) -> AsyncStream<BuildEvent> {
    let (stream, continuation) = AsyncStream.makeStream(of: BuildEvent.self)
    let reader = state.withLock { state -> UInt64? in
      for (number, log) in state.entries.enumerated().dropFirst(max(0, entry)) {
        continuation.yield(.log(entry: number + 1, log))
      }
      if let end = state.end {
        continuation.yield(.finished(entry: state.entries.count + 1, end))
        return nil
      }
      state.nextReader += 1
      state.readers[state.nextReader] = continuation
      return state.nextReader
    }
    guard let reader else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.readers.removeValue(forKey: reader) }
    }
    return stream
  }

  private func add(_ text: String, _ stream: BuildLog.Stream, _ state: inout State) {
    let log = BuildLog(text: text, stream: stream, time: now())
    state.entries.append(log)
    for reader in state.readers.values { reader.yield(.log(entry: state.entries.count, log)) }
    guard let file = state.file, var line = try? JSONEncoder().encode(log) else { return }
    line.append(UInt8(ascii: "\n"))
    _ = try? file.writeAll(line)
  }
}

extension BuildJournal {
  /// The events of a build that is over, from the file that its journal left.
  static func replay(
    _ path: FilePath, after entry: Int, end: ImageState
  ) -> AsyncStream<BuildEvent> {
    let logs = logs(at: path)
    let (stream, continuation) = AsyncStream.makeStream(of: BuildEvent.self)
    for (number, log) in logs.enumerated().dropFirst(max(0, entry)) {
      continuation.yield(.log(entry: number + 1, log))
    }
    continuation.yield(.finished(entry: logs.count + 1, end))
    continuation.finish()
    return stream
  }

  /// What a journal has written to its file so far; empty where there is none.
  static func logs(at path: FilePath) -> [BuildLog] {
    let content = (try? Data(contentsOf: URL(fileURLWithPath: path.string))) ?? Data()
    let decoder = JSONDecoder()
    // A line that a crash cut short is skipped.
    return content.split(separator: UInt8(ascii: "\n")).compactMap {
      try? decoder.decode(BuildLog.self, from: $0)
    }
  }
}
