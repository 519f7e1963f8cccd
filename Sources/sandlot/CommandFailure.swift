import ArgumentParser
import Errors
import Foundation
import Server

/// How a command tells that it failed: what, and below it what to do; exit code 1.
enum CommandFailure {
  /// Runs a command's work.
  static func reported(_ work: () async throws -> Void) async throws {
    do {
      try await work()
    } catch let error as SandlotError {
      report(error)
      throw ExitCode.failure
    } catch let interruption as InterruptedBySignal {
      throw ExitCode(interruption.exitCode)
    }
  }

  /// Tells of a failure.
  static func report(_ error: SandlotError) {
    var text = "sandlot: \(error.message)\n"
    if let hint = error.hint { text += "  \(hint)\n" }
    FileHandle.standardError.write(Data(text.utf8))
  }
}
