import Errors
import Foundation
import Machines
import SystemPackage

/// Asks registries, and copies images out of them and out of archives; skopeo does the work.
struct Skopeo: Sendable {
  private static let tool = Tool("skopeo", package: "skopeo")
  /// The longest manifest or configuration; those of registries are bounded at 4 MiB.
  private static let longestDocument = 8 << 20

  let settings: RegistrySettings
  /// An existing directory for files that live as long as a call.
  let directory: FilePath

  /// The bytes of an image's manifest.
  func manifest(
    of reference: ImageReference, _ credentials: RegistryCredentials?
  ) async throws -> Data {
    try await inspect(reference, ["--raw"], credentials)
  }

  /// The bytes of an image's configuration.
  func config(
    of reference: ImageReference, _ credentials: RegistryCredentials?
  ) async throws -> Data {
    try await inspect(reference, ["--config", "--raw"], credentials)
  }

  private func inspect(
    _ reference: ImageReference, _ options: [String], _ credentials: RegistryCredentials?
  ) async throws -> Data {
    try await withAccess(to: reference, credentials) { access in
      let limit = "\(settings.patience.components.seconds)s"
      let arguments =
        ["--command-timeout", limit, "inspect"] + access.options(prefix: "--") + options
        + [reference.transport]
      let output = try await Self.tool.run(arguments, limit: Self.longestDocument)
      return Data(output.standardOutput.utf8)
    }
  }

  /// Copies an image of a registry into a new OCI layout, whose blobs go into a shared directory; those
  /// that are there are not fetched.
  func copy(
    _ reference: ImageReference, _ credentials: RegistryCredentials?, to layout: FilePath,
    blobs: FilePath
  ) async throws {
    try await withAccess(to: reference, credentials) { access in
      try await copy(
        access.options(prefix: "--src-") + ["--retry-times", "2", reference.transport], to: layout,
        blobs: blobs)
    }
  }

  /// The same for an image in a file, as `docker-archive:/path`.
  func copy(archive: String, to layout: FilePath, blobs: FilePath) async throws {
    try await copy([archive], to: layout, blobs: blobs)
  }

  private func copy(_ source: [String], to layout: FilePath, blobs: FilePath) async throws {
    try await Self.tool.run(
      [
        "--insecure-policy", "--override-os", "linux", "--override-arch", "amd64", "--tmpdir",
        directory.string, "copy", "--quiet", "--dest-shared-blob-dir", blobs.string,
      ] + source + ["oci:\(layout):image"])
  }

  /// What a call needs to be let in.
  private struct Access {
    let authfile: FilePath
    let certificates: FilePath?
    let isInsecure: Bool

    func options(prefix: String) -> [String] {
      var options = ["\(prefix.hasPrefix("--src") ? "--src-" : "--")authfile", authfile.string]
      if let certificates { options += ["\(prefix)cert-dir", certificates.string] }
      if isInsecure { options.append("\(prefix)tls-verify=false") }
      return options
    }
  }

  /// Secrets go into a file, never into arguments, which every user of the host sees; without any an
  /// empty one keeps skopeo from using the operator's own.
  private func withAccess<Value: Sendable>(
    to reference: ImageReference, _ credentials: RegistryCredentials?,
    _ body: (Access) async throws -> Value
  ) async throws -> Value {
    try await HostFiles.withDirectory(in: directory, prefix: "access-") { work in
      let certificates = work.appending("certificates")
      try HostFiles.makeDirectory(certificates)
      for (number, file) in settings.certificates.enumerated() {
        try HostFiles.copy(file, to: certificates.appending("\(number).crt"))
      }
      let authfile = work.appending("auth.json")
      try HostFiles.write("", to: authfile)
      try HostFiles.setPermissions(0o600, of: authfile)
      try HostFiles.write(try Self.authorization(credentials, for: reference.host), to: authfile)
      return try await body(
        Access(
          authfile: authfile, certificates: settings.certificates.isEmpty ? nil : certificates,
          isInsecure: settings.isInsecure(reference.host)))
    }
  }

  /// containers-auth.json(5).
  private static func authorization(
    _ credentials: RegistryCredentials?, for host: String
  ) throws -> String {
    guard let credentials else { return #"{"auths":{}}"# }
    let pair = Data("\(credentials.username):\(credentials.password)".utf8).base64EncodedString()
    let object = ["auths": [host: ["auth": pair]]]
    return String(decoding: try JSONEncoder().encode(object), as: UTF8.self)
  }
}
