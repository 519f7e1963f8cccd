import ArgumentParser
import Errors
import Foundation
import Server
import Settings

/// `sandlot up`.
struct Up: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prepare what is missing, then serve.",
    discussion: """
      The first time, this downloads Debian's cloud kernel, makes the initramfs, the modules disk \
      and a base image, and builds the SDK's default image; that takes some minutes. After that \
      it takes seconds. The server ends with ^C or 'sandlot down', and its sandboxes with it.
      """)

  @OptionGroup var options: SettingsOptions

  @Flag(help: "Return when the server serves; it goes on in the background.")
  var detach = false

  @Flag(help: "Prepare what is missing and return without serving.")
  var prepareOnly = false

  func run() async throws {
    try await CommandFailure.reported {
      let settings = try options.settings()
      if detach {
        try await DetachedServer(settings: settings, arguments: options.forwarded).start()
      } else {
        try await SandlotServer(settings: settings).run(prepareOnly: prepareOnly)
      }
    }
  }
}
