import Errors
import Glibc
import Logging
import Synchronization
import SystemPackage

/// A stream's bytes, all or the newest of them, in a file on the host: one writer, any number of
/// readers.
///
/// The file is made with the first byte; a stream without output costs nothing. Only the writer's
/// published length tells readers what is there, so a reader never sees half a write.
///
/// Files are written and read with plain system calls on the task's own thread: both hit the page
/// cache, which takes tens of microseconds for a chunk, less than a change of threads.
package final class Spool: Sendable {
  struct State {
    var length: Int64 = 0
    /// Bytes before this are gone.
    var first: Int64 = 0
    var end: End?
    var waiters: [UInt64: Waiter] = [:]
    var nextWaiter: UInt64 = 0
    var writer: SpoolFile?
    /// How far each reading has come.
    var readings: [UInt64: Int64] = [:]
    var nextReading: UInt64 = 0
    /// The writer, where it waits for readers.
    var writerWaiter: CheckedContinuation<Void, Never>?
    /// The length at which free space is looked at again.
    var nextSpaceCheck: Int64 = 0
    /// Whether the file system cannot give back a file's oldest part.
    var keepsAll = false
  }

  /// How a stream ended.
  enum End {
    case finished
    case failed(SandlotError)
  }

  /// A reader that waits for the stream to grow to `length`, or to end.
  struct Waiter {
    var length: Int64
    var continuation: CheckedContinuation<Void, Never>
  }

  let path: FilePath
  let options: SpoolOptions
  let clock: any Clock<Duration>
  let state: Mutex<State>
  let logger: Logger
  /// Is told of bytes that were written, and of their offset.
  private let observer: (@Sendable (ArraySlice<UInt8>, Int64) -> Void)?
  /// Kept once a reader has handed out everything up to the end.
  package let isRead = Promise<Void>()

  /// An empty stream whose bytes will be kept at a path.
  package init(
    path: FilePath, options: SpoolOptions, clock: any Clock<Duration>, logger: Logger,
    observer: (@Sendable (ArraySlice<UInt8>, Int64) -> Void)? = nil
  ) {
    self.path = path
    self.options = options
    self.clock = clock
    self.logger = logger
    self.observer = observer
    state = Mutex(State())
  }

  /// A stream that has ended, as a former one left it at a path; without a file it is empty. Throws
  /// `Errno`.
  init(
    finished path: FilePath, options: SpoolOptions, clock: any Clock<Duration>, logger: Logger
  ) throws {
    self.path = path
    self.options = options
    self.clock = clock
    self.logger = logger
    observer = nil
    var state = State(end: .finished)
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      try file.closeAfter {
        state.length = try file.seek(offset: 0, from: .end)
        state.first = try FileHole.firstData(of: file)
      }
    } catch Errno.noSuchFileOrDirectory {
      // Nothing was ever written.
    }
    self.state = Mutex(state)
  }

  /// Bytes written so far.
  package var length: Int64 { state.withLock { $0.length } }

  /// Whether nothing more can come.
  package var isEnded: Bool { state.withLock { $0.end != nil } }

  /// Appends bytes; only ever called by one task at a time. Bytes after the end are dropped.
  ///
  /// Waits while the disk is full, and while everybody who reads is too far behind: whoever feeds
  /// the spool stops meanwhile, and with it the process in the guest. Throws `CancellationError`
  /// where the task is cancelled while it waits, `SandlotError.internal` where the file cannot be
  /// written.
  package func append(_ bytes: [UInt8]) async throws {
    var rest = bytes[...]
    var isWarned = false
    await waitForReaders()
    try Task.checkCancellation()
    while !rest.isEmpty, !isEnded {
      let offset = length
      let written = hasSpace() ? try write(rest) : 0
      observer?(rest.prefix(written), offset)
      rest = rest.dropFirst(written)
      dropOldest()
      guard written == 0 else { continue }
      if !isWarned {
        isWarned = true
        logger.warning("output waits for disk space", metadata: ["file": "\(path)"])
      }
      try await clock.sleep(for: options.spaceInterval)
    }
  }

  /// Ends the stream: readers end once they have read everything.
  package func finish() {
    end(.finished)
  }

  /// Ends the stream: readers throw the error at once.
  package func fail(_ error: SandlotError) {
    end(.failed(error))
  }

  /// Removes the file; readers that have begun to read go on.
  package func remove() {
    finish()
    _ = path.withPlatformString { unlink($0) }
  }
}
