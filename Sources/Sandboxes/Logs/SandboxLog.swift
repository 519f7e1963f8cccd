import Logging
import Synchronization
import SystemPackage

/// The log of a sandbox that has not ended: who wrote which lines, and when.
///
/// The entrypoint's bytes go to its spools alone; the log is told of them and keeps an index. Lines
/// become visible by `settle`, which whoever reads calls first. Nothing here waits for readers.
package final class SandboxLog: Sendable {
  /// Lines of one source that come within this are one run.
  private static let runNanoseconds: Int64 = 100_000_000
  /// A run has no more bytes than this and an entry.
  private static let runBytes = 64 << 10
  /// A line without its end is shown as it is once nothing has followed for so long.
  private static let tailNanoseconds: Int64 = 1_000_000_000

  /// What a source has written behind its last entry.
  private struct Tail {
    var start: Int64
    var length = 0
    /// When the last of it came.
    var time: Int64 = 0
  }

  private struct State {
    var index: LogIndexFile
    /// Lines that are not in the index yet.
    var run: LogRun?
    /// Bytes since the last group of the run was complete.
    var groupBytes = 0
    var tails: [LogSource: Tail] = [:]
    /// The time of the newest lines.
    var newest: Int64 = 0
    var isClosed = false
    var isBroken = false
  }

  /// Where its files are.
  package let directory: FilePath
  private let clock: LogClock
  private let logger: Logger
  private let state: Mutex<State>

  /// A log in a directory that exists.
  ///
  /// - Parameter ends: How much of each source's file is in the index already.
  init(
    directory: FilePath, clock: LogClock, limits: LogLimits, ends: [LogSource: Int64] = [:],
    logger: Logger
  ) {
    self.directory = directory
    self.clock = clock
    self.logger = logger
    let index = LogIndexFile(path: directory.appending("index"), limit: limits.indexBytes)
    state = Mutex(State(index: index, tails: ends.mapValues { Tail(start: $0) }))
  }

  /// The time of the newest lines; 0 where there are none.
  var newest: Int64 { state.withLock { $0.newest } }

  /// Takes note of bytes that were just written to a source's file, at the end of what it had.
  package func note(_ bytes: ArraySlice<UInt8>, of source: LogSource, at offset: Int64) {
    let now = clock.time()
    state.withLock { state in
      guard !state.isClosed else { return }
      var tail = state.tails[source] ?? Tail(start: offset)
      bytes.withUnsafeBytes { bytes in
        var rest = bytes
        while let length = LogLines.length(of: rest, before: tail.length) {
          add(tail.length + length, of: source, at: tail.start, now, to: &state)
          tail = Tail(start: tail.start + Int64(tail.length + length))
          rest = UnsafeRawBufferPointer(rebasing: rest[length...])
        }
        tail.length += rest.count
      }
      tail.time = now
      state.tails[source] = tail
    }
  }

  /// Takes note of what the files have behind the end of the index. Throws `Errno`.
  func catchUp() throws {
    for source in LogSource.allCases {
      var offset = state.withLock { $0.tails[source]?.start ?? 0 }
      let path = directory.appending(source.fileName)
      guard FileTimes.modified(path) != nil else { continue }
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      try file.closeAfter {
        offset = max(offset, try FileHole.firstData(of: file))
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        while true {
          let count = try bytes.withUnsafeMutableBytes {
            try file.read(fromAbsoluteOffset: offset, into: $0)
          }
          guard count > 0 else { break }
          note(bytes[..<count], of: source, at: offset)
          offset += Int64(count)
        }
      }
    }
    flush()
  }

  /// Writes a line of the server's own.
  package func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    do {
      let file = try FileDescriptor.open(
        directory.appending(LogSource.system.fileName), .writeOnly,
        options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
      let offset = try file.closeAfter {
        let offset = try file.seek(offset: 0, from: .end)
        _ = try file.writeAll(bytes)
        return offset
      }
      note(bytes[...], of: .system, at: offset)
    } catch {
      logger.warning("a log cannot be written", metadata: ["error": "\(error)"])
    }
  }

  /// Makes everything visible that has come so far; of a line that is not complete, what has waited
  /// for its end.
  func settle() {
    let now = clock.time()
    state.withLock { state in
      flushTails(&state, now) { now - $0.time >= Self.tailNanoseconds }
      seal(&state)
    }
  }

  /// Makes everything visible, also a line that is not complete: nothing will follow.
  func flush() {
    let now = clock.time()
    state.withLock { state in
      flushTails(&state, now) { _ in true }
      seal(&state)
    }
  }

  /// Makes everything visible and closes the log; what comes later is dropped.
  func close() {
    flush()
    state.withLock { state in
      state.isClosed = true
      state.index = LogIndexFile(path: directory.appending("index"), limit: 0)
    }
  }

  private func flushTails(_ state: inout State, _ now: Int64, where isDue: (Tail) -> Bool) {
    guard !state.isClosed else { return }
    for source in LogSource.allCases {
      guard let tail = state.tails[source], tail.length > 0, isDue(tail) else { continue }
      add(tail.length, of: source, at: tail.start, now, to: &state)
      state.tails[source] = Tail(start: tail.start + Int64(tail.length))
    }
  }

  /// Adds an entry of so many bytes to the run, or begins another run with it.
  private func add(
    _ length: Int, of source: LogSource, at offset: Int64, _ now: Int64, to state: inout State
  ) {
    if let run = state.run,
      run.source != source || run.end != offset || run.length >= Self.runBytes
        || now - run.time >= Self.runNanoseconds
    {
      seal(&state)
    }
    var run = state.run ?? LogRun(time: clock.stamp(), source: source, offset: offset)
    run.length += length
    run.lines += 1
    state.groupBytes += length
    if state.groupBytes >= LogLines.groupBytes {
      run.groups += 1
      state.groupBytes = 0
    }
    state.run = run
    state.newest = run.time
  }

  private func seal(_ state: inout State) {
    guard var run = state.run else { return }
    if state.groupBytes > 0 { run.groups += 1 }
    state.run = nil
    state.groupBytes = 0
    do {
      try state.index.append(run)
    } catch {
      if !state.isBroken {
        logger.warning("a log's index cannot be written", metadata: ["error": "\(error)"])
      }
      state.isBroken = true
    }
  }
}
