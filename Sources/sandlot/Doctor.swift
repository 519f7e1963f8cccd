import ArgumentParser
import Server

/// `sandlot doctor`.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that this machine can run sandboxes; exits with 1 if it cannot.",
    discussion: """
      One line for each thing that sandboxes need: 'ok', 'warning' (sandboxes run, with the \
      restriction it names) or 'FAILED', each with the command that mends it. The engine is checked \
      by booting a machine, so this takes some seconds.
      """)

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    try await CommandFailure.reported {
      let examination = try Examination(settings: options.settings())
      var failed = false
      for await finding in examination.findings() {
        print(finding.line)
        failed = failed || finding.isFailure
      }
      if failed { throw ExitCode.failure }
    }
  }
}
