import Crypto
import Dockerfile
import Errors
import Foundation
import Machines
import Store
import SystemPackage

extension BaseLibrary {
  private static let bsdtar = Tool("bsdtar", package: "libarchive-tools")

  /// Pulls an image and unpacks it; its tag is looked up anew. Returns its id.
  public func pull(
    _ name: String, credentials: RegistryCredentials? = nil,
    progress: @escaping @Sendable (String) -> Void
  ) async throws -> String {
    let reference = try ImageReference(name)
    do {
      let row = try await lookUp(reference, credentials)
      _ = try await layers(of: row, credentials, progress)
      return row.id
    } catch let error as SandlotError {
      throw RegistryFailure.explained(error, reference, hasCredentials: credentials != nil)
    }
  }

  /// Imports an image from a file of this host under a name, in place of an earlier one: the archive of
  /// a root file system, an OCI layout or an archive of one, or what `docker save` writes. Returns its
  /// id.
  public func importImage(
    _ name: String, from path: String, progress: @escaping @Sendable (String) -> Void
  ) async throws -> String {
    let reference = try ImageReference(name)
    guard path.hasPrefix("/"), HostFiles.exists(FilePath(path)) else {
      throw SandlotError(
        .invalidArgument, "There is no file '\(path)' on the server's host.",
        hint: "Give an absolute path.")
    }
    var row: BaseImageRow
    switch try await kind(of: FilePath(path)) {
    case .tree:
      progress("Importing the root file system \(path)")
      row = try await tree(FilePath(path), as: reference)
    case .image(let transport):
      progress("Importing the image \(path)")
      row = try await HostFiles.withDirectory(in: work, prefix: "import-") { directory in
        let layout = directory.appending("layout")
        do {
          try await skopeo.copy(archive: "\(transport):\(path)", to: layout, blobs: blobs)
        } catch let error as SandlotError where error.code == .internal {
          throw SandlotError(
            .failedPrecondition, "'\(path)' cannot be imported: \(error.message)",
            hint: "It has to hold one image for linux/amd64.")
        }
        let (manifest, config) = try documents(of: layout, as: reference)
        return try self.row(manifest, config, from: reference, as: reference, .imported)
      }
    }
    row.source = .imported
    _ = try await layers(of: row, nil, progress)
    try await store.save(
      row, as: BaseNameRow(name: reference.name, kind: .local, target: row.id, createdAt: now()))
    return row.id
  }

  private enum Kind {
    case tree
    /// With skopeo's name for it.
    case image(String)
  }

  private func kind(of path: FilePath) async throws -> Kind {
    if HostFiles.isDirectory(path) {
      guard HostFiles.exists(path.appending("oci-layout")) else {
        throw SandlotError(
          .invalidArgument, "The directory \(path) is no OCI layout: it has no file 'oci-layout'.",
          hint: "Give the archive of a root file system, an OCI layout, or what docker save writes."
        )
      }
      return .image("oci")
    }
    let output: ToolOutput
    do {
      output = try await Self.bsdtar.run(["-tf", path.string], limit: 64 << 20)
    } catch let error as SandlotError where error.code == .internal {
      throw SandlotError(
        .invalidArgument, "'\(path)' is not an archive: \(error.message)",
        hint: "Give the archive of a root file system, an OCI layout, or what docker save writes.")
    }
    let names = output.standardOutput.split(separator: "\n")
    if names.contains("oci-layout") || names.contains("./oci-layout") {
      return .image("oci-archive")
    }
    return names.contains("manifest.json") ? .image("docker-archive") : .tree
  }

  /// Takes the archive of a root file system for an image of one layer.
  private func tree(_ path: FilePath, as reference: ImageReference) async throws -> BaseImageRow {
    let file = work.appending("tree-\(UUID().uuidString)")
    try HostFiles.copy(path, to: file)
    let digest = "sha256:" + (try HostFiles.sha256(of: file))
    try HostFiles.makeDirectory(blobs.appending("sha256"))
    try HostFiles.rename(file, to: blob(digest))
    var config = ImageConfig.scratch
    config.cmd = ["/bin/sh"]
    // The digest of the unpacked archive is not known; that of the file names it as well.
    return BaseImageRow(
      id: digest, reference: reference.name, source: .imported,
      config: try ConfigText.encode(config),
      layers: [
        .init(digest: digest, diffID: digest, size: try HostFiles.allocatedBytes(of: blob(digest)))
      ], createdAt: now())
  }

  /// Makes an image of Debian packages under a name, in place of an earlier one; returns its id.
  ///
  /// - Parameter suite: Debian's release, as `bookworm`.
  public func bootstrap(
    _ name: String, suite: String, packages: [String],
    progress: @escaping @Sendable (String) -> Void
  ) async throws -> String {
    let reference = try ImageReference(name)
    try HostFiles.makeDirectory(importer.directory)
    let file = importer.directory.appending("bootstrap-\(UUID().uuidString).qcow2")
    let made = try await DebianBase(
      suite: suite, mirror: mirrorOfDebian, size: importer.diskBytes, packages: packages
    ) { progress($0.detail) }.build(to: file)
    let id = "sha256:" + (try HostFiles.sha256(of: file))
    let layer = try layerStore.adopt(file)
    try await store.save(BaseDiskRow(key: id, layer: layer, createdAt: now()))
    var config = ImageConfig.scratch
    config.cmd = ["bash"]
    try await store.save(
      BaseImageRow(
        id: id, reference: reference.name, source: .bootstrapped,
        config: try ConfigText.encode(config), layers: [], createdAt: now()),
      as: BaseNameRow(name: reference.name, kind: .local, target: id, createdAt: now()))
    progress("Made \(reference.name): Debian \(made.debianVersion)")
    return id
  }

  /// Lets a name mean another one.
  public func alias(_ name: String, to target: String) async throws {
    let (name, target) = (try ImageReference(name), try ImageReference(target))
    guard name != target else {
      throw SandlotError(.invalidArgument, "'\(name.name)' cannot be an alias of itself.")
    }
    try await store.save(
      BaseNameRow(name: name.name, kind: .alias, target: target.name, createdAt: now()))
  }

  /// All names of base images, sorted.
  public func names() async throws -> [BaseNameRow] { try await store.baseNames() }

  /// Forgets what a name means here; returns whether it meant anything.
  public func forget(_ name: String) async throws -> Bool {
    let reference = try ImageReference(name)
    var isKnown = false
    for kind in [BaseNameRow.Kind.alias, .local, .pin] {
      if try await store.removeBaseName(reference.name, kind) { isKnown = true }
    }
    return isKnown
  }
}
