import ArgumentParser
import Errors
import Foundation
import Operator

/// `sandlot image python-import`.
struct ImportPython: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "python-import",
    abstract: "Give the server a standalone Python for images with add_python=.",
    discussion: """
      The file is an 'install_only' archive of the python-build-standalone project. Its name says which \
      Python it is; the server's message about a missing one says which file it wants. A server that \
      reaches the Internet fetches it by itself.

      Example:

        sandlot image python-import cpython-3.12.1+20240107-x86_64-unknown-linux-gnu-install_only.tar.gz

      \(LocationOptions.server)
      """)

  @OptionGroup var options: LocationOptions

  @Argument(help: "The archive.")
  var file: String

  @Option(help: "The mount's name, such as python-build-standalone.20240107.3.12.1-gnu.")
  var name: String?

  func run() async throws {
    try await CommandFailure.reported {
      guard let archive = FileHandle(forReadingAtPath: file) else {
        throw SandlotError(.notFound, "The file \(file) cannot be read.")
      }
      let filename = URL(filePath: file).lastPathComponent
      let imported = try await options.ask {
        try await $0.importPython(archive, filename: filename, name: name ?? "")
      }
      print("\(imported.name): \(imported.files) files, \(imported.bytes >> 20) MiB")
    }
  }
}
