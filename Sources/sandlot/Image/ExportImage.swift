import ArgumentParser
import Foundation
import Operator

/// `sandlot image export`.
struct ExportImage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write an image to a file of the server's host, for other tools and other servers.",
    discussion: """
      The file is an archive of an OCI layout with all files in one layer: skopeo, podman and \
      'sandlot image import' read it.

      Examples:

        sandlot image export im-0123456789ABCDEFGHJKMN app.tar
        skopeo copy oci-archive:app.tar docker://registry.example/team/app:1

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: "The image's id (im-…).")
  var image: String

  @Argument(help: "The file, on the server's host; nothing may be there.")
  var path: String

  func run() async throws {
    try await CommandFailure.reported {
      let absolute = URL(filePath: path).standardizedFileURL.path
      try await options.ask { client in
        try await client.exportImage(image, to: absolute) { print($0) }
      }
      print("\(image) is in \(absolute)")
    }
  }
}
