import ArgumentParser
import Errors
import Foundation
import Operator

/// `sandlot logs`.
struct ShowLog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Print what a sandbox's entrypoint wrote, and what became of the sandbox.",
    discussion: """
      Works for running and finished sandboxes, for as long as their logs are kept (--log-days, \
      --log-budget of 'sandlot up'); a name that no running one has is that of the newest that had it. \
      Standard output goes to standard output; standard error, and \
      what the server says of the sandbox, to standard error. The output of 'exec' is not logged.

      Examples:

        sandlot logs sb-0123456789ABCDEFGHJKMNPQRS
        sandlot logs -f --tail 20 my-sandbox

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Flag(name: .shortAndLong, help: "Go on until the sandbox has ended, or ^C.")
  var follow = false

  @Option(name: [.customShort("n"), .long], help: "Only the newest so many lines, up to 20000.")
  var tail: Int?

  @Flag(help: "Begin each line with its time, in UTC.")
  var timestamps = false

  @Argument(help: ArgumentHelp(LocationOptions.sandbox))
  var sandbox: String

  func validate() throws {
    if let tail, !(1...20_000).contains(tail) {
      throw ValidationError("--tail is \(tail); it must be 1 to 20000.")
    }
  }

  func run() async throws {
    try await CommandFailure.reported {
      try await options.ask { client in
        let id = try await client.sandboxID(sandbox, finishedToo: true)
        let printer = LogPrinter(timestamps: timestamps)
        try await client.log(of: id, newest: tail, follow: follow) { try printer.print($0) }
      }
    }
  }
}

/// Prints lines of a log where they belong.
private struct LogPrinter: Sendable {
  let timestamps: Bool

  func print(_ line: LogLine) throws {
    let stream: StandardStream = line.source == .standardOutput ? .output : .error
    let time = timestamps ? "\(Self.text(line.time)) " : ""
    try stream.write(Data((time + line.text).utf8))
  }

  private static func text(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds).formatted(
      Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
