import ArgumentParser
import Server

/// `sandlot doctor`.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that this machine can run sandboxes; exits with 1 if it cannot.",
    discussion: """
      One line for each thing that sandboxes need: 'ok', 'warning' (sandboxes run, with the \
      restriction it names) or 'FAILED', each with the command that mends it. The engine is checked \
      by booting a machine, which takes some seconds.

      What such a machine needs is prepared in the data directory where it is not there yet: Debian's \
      cloud kernel, an initramfs and a disk of modules. That is the first part of what 'sandlot up' \
      prepares, and takes a minute or so. Nothing else on this machine is changed.
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
