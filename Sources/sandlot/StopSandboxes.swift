import ArgumentParser
import Errors
import Foundation
import Operator

/// `sandlot stop`.
struct StopSandboxes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "End sandboxes; returns when everything of them is gone.",
    discussion: """
      What their entrypoints wrote stays in their logs. One that has ended already is left as it is. \
      Where one of several cannot be ended, the others are, and the exit code is 1.

      Examples:

        sandlot stop sb-0123456789ABCDEFGHJKMNPQRS
        sandlot stop my-sandbox another

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: ArgumentHelp(LocationOptions.sandbox))
  var sandboxes: [String]

  func run() async throws {
    try await CommandFailure.reported {
      let failures = try await options.ask { client in
        var failures: [SandlotError] = []
        for sandbox in sandboxes {
          do {
            print(try await Self.stop(sandbox, client))
          } catch let error as SandlotError where error.code == .notFound {
            failures.append(error)
          }
        }
        return failures
      }
      for failure in failures.dropLast() { CommandFailure.report(failure) }
      if let last = failures.last { throw last }
    }
  }

  private static func stop(_ sandbox: String, _ client: OperatorClient) async throws -> String {
    let id = try await client.sandboxID(sandbox)
    if let end = try await client.end(of: id) {
      return "\(id) had ended already, with code \(end.exitCode)."
    }
    try await client.terminate(id)
    return "\(id) has ended."
  }
}
