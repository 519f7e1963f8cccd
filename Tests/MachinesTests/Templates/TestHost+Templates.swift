import Crypto
import Errors
import Foundation
import Machines
import SystemPackage
import Testing

extension TestHost {
  /// The library that lets an older QEMU restore templates, beside the tests.
  static var readOnlyOpen: FilePath? {
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return program.map {
      FilePath($0).removingLastComponent().appending("libReadOnlyOpen.so")
    }
  }

  /// A configuration with a directory for templates, which is empty.
  static func withTemplates(
    _ body: (_ configuration: MachineHost.Configuration) async throws -> Void
  ) async throws {
    try await withConfiguration { original in
      var configuration = original
      configuration.templateDirectory = original.logDirectory.removingLastComponent()
        .appending("templates")
      configuration.readOnlyOpen = readOnlyOpen
      try await body(configuration)
    }
  }

  /// Makes the template of `request()`; returns its directory.
  static func makeTemplate(
    in original: MachineHost.Configuration, for usual: MachineRequest? = nil
  ) async throws -> FilePath {
    var configuration = original
    configuration.spares = SparePolicy(usual: try usual ?? request("usual"))
    let host = try await MachineHost.open(configuration)
    try await host.prepareTemplate()
    await host.close()
    return try template(in: configuration).removingLastComponent()
  }

  /// The memory file of the only template.
  static func template(in configuration: MachineHost.Configuration) throws -> FilePath {
    let directory = try #require(configuration.templateDirectory)
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.string)
    let name = try #require(names.first { !$0.hasPrefix(".") })
    return directory.appending(name).appending("memory")
  }

  /// Waits until a template was made by the workshop of some host.
  static func waitForTemplate(
    in configuration: MachineHost.Configuration, prefix: String = "512m"
  ) async throws {
    let directory = try #require(configuration.templateDirectory)
    for _ in 0..<600 {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []
      if names.contains(where: { $0.hasPrefix(prefix) }) { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("no template was made within a minute")
  }

  static func sha256(_ data: Data) throws -> String {
    SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
  }
}
