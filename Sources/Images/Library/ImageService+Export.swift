import Crypto
import Dockerfile
import Errors
import Foundation
import GuestProtocol
import Machines
import SystemPackage

extension ImageService {
  /// What the archive of an image's files leaves out: what belongs to the file system and not to it.
  private static let packing = [
    "/usr/bin/tar", "--create", "--file=-", "--directory=\(FilesDisk.directory)", "--numeric-owner",
    "--xattrs", "--xattrs-include=*", "--acls", "--sparse", "--exclude=./lost+found", ".",
  ]

  /// Writes an image to a file of this host as an archive of an OCI layout, with all its files in one
  /// layer.
  ///
  /// A machine reads the image's disk and packs it: the host never mounts what a guest has written.
  /// Throws `SandlotError`: `notFound`, `failedPrecondition` for one that is not built,
  /// `invalidArgument` for a path that cannot be written.
  public func export(
    _ id: String, to path: String, progress: @escaping @Sendable (String) -> Void
  ) async throws {
    let image = try await image(id)
    let target = FilePath(path)
    guard target.isAbsolute, !HostFiles.exists(target) else {
      throw SandlotError(
        .invalidArgument, "The file '\(path)' exists already, or is no absolute path.",
        hint: "Choose a path on the server's host where nothing is yet.")
    }
    try await HostFiles.withDirectory(in: context.layers.directory, prefix: LayerStore.exportPrefix)
    {
      layout in
      try HostFiles.makeDirectory(layout.appending("blobs"))
      try HostFiles.makeDirectory(layout.appending("blobs/sha256"))
      try await pack(image, into: layout, progress)
      progress("Writing \(path)")
      _ = try await Tool("bsdtar", package: "libarchive-tools").run([
        "-cf", path, "-C", layout.string, "oci-layout", "index.json", "blobs",
      ])
    }
  }

  private func pack(
    _ image: Image, into layout: FilePath, _ progress: @escaping @Sendable (String) -> Void
  ) async throws {
    let base = try await context.bases.layers(of: context.toolBase) { _ in }
    let name = "export-\(UUID().uuidString.prefix(8).lowercased())"
    progress("Packing the files of \(image.id)")
    let file = layout.appending("layer")
    let (digest, size) = try await context.withMachine(
      name, on: base, hostname: "export", saying: progress
    ) { machine in
      try await machine.mountFiles(.layers(image.layers))
      return try await Self.pack(machine, to: file)
    }
    progress("Packed \(size >> 20) MiB")
    try HostFiles.rename(file, to: OCILayout.blob(digest, in: layout))
    try OCILayout.write(layer: digest, size, image.config, to: layout)
  }

  private static func pack(
    _ machine: any Machine, to file: FilePath
  ) async throws -> (digest: String, size: Int64) {
    var command = MachineCommand(arguments: packing, environment: ["PATH=/usr/bin:/bin"])
    command.standardInput = .null
    let process = try await machine.spawn(command)
    let output = try FileDescriptor.open(
      file, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: [.ownerReadWrite])
    var hash = SHA256()
    var size: Int64 = 0
    do {
      for try await chunk in process.standardOutput {
        try output.writeAll(chunk)
        hash.update(data: chunk)
        size += Int64(chunk.count)
      }
      try output.close()
    } catch {
      try? output.close()
      throw error
    }
    var words: [UInt8] = []
    for try await chunk in process.standardError { words += chunk.prefix(4096 - words.count) }
    let status = try await process.wait()
    guard status == .code(0) else {
      throw SandlotError(
        .internal,
        "The files could not be packed (\(status)): \(String(decoding: words, as: UTF8.self))")
    }
    return ("sha256:" + HostFiles.hexadecimal(hash.finalize()), size)
  }
}
