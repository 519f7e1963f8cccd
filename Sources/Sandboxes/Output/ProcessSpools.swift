import Errors
import Logging
import SystemPackage

/// The two output streams of a process.
struct ProcessSpools: Sendable {
  let standardOutput: Spool
  let standardError: Spool

  /// An exec's streams, whose files begin with a prefix.
  init(prefix: String, in directory: FilePath, context: SandboxContext) {
    var options = context.limits.spool
    options.readAhead = context.limits.execReadAhead
    func spool(_ name: String) -> Spool {
      Spool(
        path: directory.appending("\(prefix).\(name)"), options: options, clock: context.clock,
        logger: context.logger)
    }
    standardOutput = spool("stdout")
    standardError = spool("stderr")
  }

  /// The entrypoint's streams, which are the body of the sandbox's log. Nobody holds them back: a
  /// service must not stop because somebody who looked at its output went away.
  init(log: SandboxLog, context: SandboxContext) {
    var options = context.limits.spool
    options.keptBytes = context.logs.limits.streamBytes
    func spool(_ source: LogSource) -> Spool {
      Spool(
        path: log.directory.appending(source.fileName), options: options, clock: context.clock,
        logger: context.logger
      ) { log.note($0, of: source, at: $1) }
    }
    standardOutput = spool(.standardOutput)
    standardError = spool(.standardError)
  }

  /// A finished sandbox's streams, as its log kept them; nil where it is gone. Throws `Errno`.
  init?(
    finished sandboxID: String, appID: String, context: SandboxContext
  ) throws {
    let logs = context.logs
    guard let output = try logs.spool(sandboxID, appID: appID, .standardOutput, context),
      let error = try logs.spool(sandboxID, appID: appID, .standardError, context)
    else { return nil }
    standardOutput = output
    standardError = error
  }

  private var both: [Spool] { [standardOutput, standardError] }

  /// Bytes that were written to both.
  var length: Int64 { standardOutput.length + standardError.length }

  /// A reader of one stream. Throws `SandlotError.invalidArgument` for a negative offset.
  func reader(
    of stream: OutputStreamName, from offset: Int64
  ) throws(SandlotError) -> SpoolReader {
    guard offset >= 0 else {
      throw SandlotError(.invalidArgument, "An output offset of \(offset) is negative.")
    }
    switch stream {
    case .standardOutput: return SpoolReader(standardOutput, from: offset)
    case .standardError: return SpoolReader(standardError, from: offset)
    }
  }

  /// Waits until both streams have ended.
  func waitUntilEnded() async {
    for spool in both { await spool.waitFor(length: .max) }
  }

  /// Waits until both streams have ended and what they had was read; a stream that never had a byte
  /// needs no reader.
  func waitUntilRead() async throws {
    for spool in both {
      await spool.waitFor(length: .max)
      if spool.length > 0 { try await spool.isRead.value() }
    }
  }

  /// Ends both streams, where they have not ended.
  func finish() {
    for spool in both { spool.finish() }
  }

  /// Ends both streams with an error, and removes them.
  func discard(_ error: SandlotError) {
    for spool in both {
      spool.fail(error)
      spool.remove()
    }
  }
}
