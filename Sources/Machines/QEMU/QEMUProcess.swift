import Errors
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import SystemPackage

/// How a QEMU process ended.
enum QEMUExit: Sendable, Equatable, CustomStringConvertible {
  case code(Int32)
  case signal(Int32)
  /// Somebody else reaped it.
  case unknown

  var description: String {
    switch self {
    case .code(let code): "exit code \(code)"
    case .signal(let signal): "signal \(signal)"
    case .unknown: "an unknown status"
    }
  }
}

/// A QEMU process that this server started.
final class QEMUProcess: Sendable {
  /// Its process id; names this process until it is reaped and nothing after.
  let pid: pid_t
  /// What it wrote to standard output and error.
  let log: BoundedLog

  /// Whether its process id may be another's by now; the processor time that it had used then.
  private let reaped = Mutex<Double?>(nil)
  private let end = Latch<QEMUExit>()

  private init(pid: pid_t, log: BoundedLog) {
    self.pid = pid
    self.log = log
  }

  /// Starts QEMU (or setpriv before it), which inherits `descriptors` as 3, 4, ….
  static func start(
    _ arguments: [String], inheriting descriptors: [SystemPackage.FileDescriptor], log: BoundedLog,
    group: any EventLoopGroup
  ) async throws -> QEMUProcess {
    // Its output is a socket and not a file: the server bounds what it keeps, and the end of the
    // stream tells that the process has ended.
    var pair: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &pair) == 0 else {
      throw SandlotError(.resourceExhausted, "No socket for QEMU: \(Errno(rawValue: errno)).")
    }
    let theirs = SystemPackage.FileDescriptor(rawValue: pair[1])
    let spawned = Result {
      try ChildProcess.spawn(arguments, output: theirs, inheriting: descriptors)
    }
    try? theirs.close()
    guard case .success(let pid) = spawned else {
      close(pair[0])
      return try QEMUProcess(pid: spawned.get(), log: log)
    }
    let process = QEMUProcess(pid: pid, log: log)
    try await process.watch(pair[0], group: group)
    return process
  }

  /// Kills it; harmless when it has ended.
  func kill() {
    reaped.withLock { reaped in
      if reaped == nil { _ = Glibc.kill(pid, SIGKILL) }
    }
  }

  /// Waits until it has ended and is reaped.
  func waitUntilExit() async -> QEMUExit { await end.wait() }

  /// Does something that makes sense only while QEMU runs; fails as soon as it has ended.
  func whileRunning<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask(operation: body)
      group.addTask { throw self.failure(try await self.end.waitUnlessCancelled()) }
      defer { group.cancelAll() }
      // The loss of a socket is told before the exit is, and says less.
      let first = await group.nextResult()
      if case .failure(let error)? = first, !(error is CancellationError), !Task.isCancelled {
        throw await exit(within: .milliseconds(500)).map(failure) ?? error
      }
      guard let first else { throw CancellationError() }
      return try first.get()
    }
  }

  /// What an end that nobody wanted means.
  func failure(_ exit: QEMUExit) -> SandlotError {
    let words = log.lastLines(1).first ?? "it said nothing"
    if words.contains("Cannot allocate memory") {
      return SandlotError(
        .resourceExhausted, "The host has not the memory for this machine: \(words)")
    }
    let cause = exit == .signal(SIGKILL) ? ", as happens when the host runs out of memory" : ""
    return SandlotError(.internal, "QEMU ended with \(exit)\(cause): \(words)")
  }

  /// The processor time that it has used, in seconds; once it has ended, all of it.
  var processorSeconds: Double {
    reaped.withLock { reaped in
      reaped ?? ProcessorClock.seconds(of: pid)
        ?? ProcessStatistics(pid: pid)?.processorSeconds ?? 0
    }
  }

  /// Whether it has not been reaped yet.
  var isRunning: Bool { reaped.withLock { $0 == nil } }

  /// The memory that only it holds, in bytes; nil once it has ended.
  var privateMemory: Int64? {
    reaped.withLock { $0 == nil ? ProcessStatistics.privateMemory(of: pid) : nil }
  }

  /// How it ended, where it has within a time; nil where it goes on.
  func exit(within limit: Duration) async -> QEMUExit? {
    try? await withTimeLimit(
      limit, clock: ContinuousClock(), late: { SandlotError(.deadlineExceeded, "It runs on.") }
    ) {
      try await self.end.waitUnlessCancelled()
    }
  }

  private func watch(_ descriptor: Int32, group: any EventLoopGroup) async throws {
    do {
      _ = try await ClientBootstrap(group: group)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
              LogHandler(log: self.log) { self.reapSoon() })
          }
        }
        .withConnectedSocket(descriptor).get()
    } catch {
      reapSoon()
      throw SandlotError(.internal, "QEMU's output cannot be read: \(error).")
    }
  }

  /// Its last descriptor is closed, so it is ending now: waiting for it takes no time, yet must
  /// not happen on an event loop. One that closed its output and goes on is no QEMU any more; the
  /// kill changes nothing of how an exit that is under way ends.
  private func reapSoon() {
    kill()
    NIOThreadPool.singleton.submit { _ in self.reap() }
  }

  private func reap() {
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    let result = reaped.withLock { reaped -> QEMUExit in
      var status: Int32 = 0
      var used = rusage()
      let found = wait4(pid, &status, 0, &used)
      reaped = used.processorSeconds
      guard found == pid else { return .unknown }
      let signal = status & 0x7f
      return signal == 0 ? .code(status >> 8 & 0xff) : .signal(signal)
    }
    log.close()
    end.set(result)
  }
}

extension rusage {
  /// User and system time together, in seconds.
  fileprivate var processorSeconds: Double {
    func seconds(_ time: timeval) -> Double {
      Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
    }
    return seconds(ru_utime) + seconds(ru_stime)
  }
}

/// Writes what comes over a channel to a log.
final class LogHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let log: BoundedLog
  private let atEnd: @Sendable () -> Void

  init(log: BoundedLog, atEnd: @escaping @Sendable () -> Void = {}) {
    self.log = log
    self.atEnd = atEnd
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    unwrapInboundIn(data).withUnsafeReadableBytes { log.append($0) }
  }

  func channelInactive(context: ChannelHandlerContext) { atEnd() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
