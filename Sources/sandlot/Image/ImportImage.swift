import ArgumentParser
import Foundation
import Operator

/// `sandlot image import`.
struct ImportImage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Import an image from a file of the server's host.",
    discussion: """
      What the file is, is found out: the archive of a root file system (as docker export writes it), an \
      OCI layout or an archive of one (as skopeo and podman write them), or what docker save writes. \
      FROM finds it under the name, before any registry is asked.

      Examples:

        sandlot image import alpine:3.20 alpine-minirootfs.tar.gz
        docker save team/app:1 | gzip > app.tar.gz && sandlot image import team/app:1 app.tar.gz

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: "What FROM is to call it.")
  var name: String

  @Argument(help: "The file or directory, on the server's host.")
  var path: String

  func run() async throws {
    try await CommandFailure.reported {
      let absolute = URL(filePath: path).standardizedFileURL.path
      let id = try await options.ask { client in
        try await client.importImage(name, from: absolute) { print($0) }
      }
      print("\(name) is \(id)")
    }
  }
}
