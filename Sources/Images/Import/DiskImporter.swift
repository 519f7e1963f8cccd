import Errors
import Foundation
import Machines
import SystemPackage
import UnpackRequest

/// Makes disk layers of image layers, on the host: the only file systems that it mounts are those that
/// it has made itself.
public struct DiskImporter: Sendable {
  private static let storage = Tool("qemu-storage-daemon", package: "qemu-system-common")
  private static let qemuImg = Tool("qemu-img", package: "qemu-utils")
  private static let unshare = Tool("unshare", package: "util-linux")

  /// What must be free before anything is unpacked.
  private static let minimumFreeBytes: Int64 = 2 << 30

  let layers: LayerStore
  /// The program `sandlot-unpack`.
  let unpacker: FilePath
  /// A directory of its own on the file system of the layers, for what is being made.
  let directory: FilePath
  /// The size of root disks in bytes.
  let diskBytes: Int64
  let limits: ImportLimits

  /// An importer.
  ///
  /// - Parameters:
  ///   - unpacker: The program `sandlot-unpack`.
  ///   - directory: A directory of its own on the file system of the layers; it need not exist.
  ///   - diskBytes: The size of root disks.
  public init(
    layers: LayerStore, unpacker: FilePath, directory: FilePath, diskBytes: Int64,
    limits: ImportLimits = ImportLimits()
  ) {
    self.layers = layers
    self.unpacker = unpacker
    self.directory = directory
    self.diskBytes = diskBytes
    self.limits = limits
  }

  /// Removes what a server left that ended in the middle.
  func clear() async throws { try await HostFiles.removeTree(directory) }

  /// Makes the disk of `FROM scratch`; returns the new layer's name.
  func makeEmpty() async throws -> String {
    try await withWorkspace { work in
      let disk = work.appending("disk.ext4")
      try await Ext4Image.make(at: disk, size: diskBytes)
      let image = work.appending("disk.qcow2")
      try await Ext4Image.convert(disk, to: image)
      return try layers.adopt(image)
    }
  }

  /// Unpacks layers over a chain of disk layers, or over nothing; returns the new layer's name and what
  /// was unpacked.
  ///
  /// Throws `SandlotError`: `failedPrecondition` for layers that are refused, `resourceExhausted` for
  /// more than the limits or the disk allow; nothing is left then.
  func unpack(
    _ blobs: [UnpackRequest.Layer], over chain: [String]
  ) async throws -> (layer: String, UnpackResult) {
    guard geteuid() == 0 else {
      throw SandlotError(
        .failedPrecondition, "Importing an image needs root: it holds other users' files.",
        hint: "Run the server as root.")
    }
    try layers.requireFreeSpace(Self.minimumFreeBytes)
    return try await withWorkspace { work in
      let image = work.appending("disk.qcow2")
      guard let top = chain.last else {
        let disk = work.appending("disk.ext4")
        try await Ext4Image.make(at: disk, size: diskBytes)
        let result = try await run(blobs, into: disk, storage: nil, work)
        try await Ext4Image.convert(disk, to: image)
        return (try layers.adopt(image), result)
      }
      try await Self.qemuImg.run([
        "create", "-q", "-f", "qcow2", "-o", "extended_l2=on,cluster_size=128k", image.string,
        "\(try size(of: layers.path(top)))",
      ])
      let disk = work.appending("disk")
      try HostFiles.write("", to: disk)
      let result = try await run(
        blobs, into: disk, storage: storageCommand(image, over: chain, exporting: disk), work)
      return (try layers.adopt(image), result)
    }
  }

  private func run(
    _ blobs: [UnpackRequest.Layer], into disk: FilePath, storage: [String]?, _ work: FilePath
  ) async throws -> UnpackResult {
    let mountPoint = work.appending("mount")
    try HostFiles.makeDirectory(mountPoint)
    let size = storage == nil ? diskBytes : try size(of: work.appending("disk.qcow2"))
    let request = UnpackRequest(
      disk: disk.string, directory: mountPoint.string, storage: storage, diskBytes: size,
      layers: blobs, maximumEntries: limits.entries, maximumBytes: limits.bytes)
    let output = try await Self.unshare.run(
      ["--mount", "--propagation", "private", unpacker.string],
      input: String(decoding: try JSONEncoder().encode(request), as: UTF8.self))
    guard let line = output.standardOutput.split(whereSeparator: \.isNewline).last,
      let result = try? JSONDecoder().decode(UnpackResult.self, from: Data(line.utf8))
    else {
      throw SandlotError(
        .internal, "sandlot-unpack said nothing of use: \(output.standardError.suffix(300))")
    }
    if let failure = result.failure { throw SandlotError(failure) }
    return result
  }

  /// The size of the disk in a qcow2 file.
  private func size(of image: FilePath) throws -> Int64 {
    // The virtual size is at offset 24 of the header (docs/interop/qcow2.txt in QEMU's sources).
    try HostFiles.bytes(at: image, from: 24, count: 8).reduce(0) { $0 << 8 | Int64($1) }
  }

  /// What lets an overlay over a chain stand as a raw file. The whole chain is named here: what headers
  /// say of backing files is not looked at.
  private func storageCommand(
    _ image: FilePath, over chain: [String], exporting disk: FilePath
  ) throws -> [String] {
    guard let program = Self.storage.locate() else { throw Self.storage.missing }
    var backing: [String: Any]?
    for path in layers.paths(chain) { backing = Self.node(path, over: backing, isReadOnly: true) }
    var node = Self.node(image, over: backing, isReadOnly: false)
    node["node-name"] = "disk"
    node["discard"] = "unmap"
    let json = try JSONSerialization.data(
      withJSONObject: node, options: [.sortedKeys, .withoutEscapingSlashes])
    return [
      program.string, "--blockdev", String(decoding: json, as: UTF8.self), "--export",
      "type=fuse,id=export,node-name=disk,mountpoint=\(disk),writable=on,growable=off",
    ]
  }

  private static func node(
    _ path: FilePath, over backing: [String: Any]?, isReadOnly: Bool
  ) -> [String: Any] {
    var file: [String: Any] = ["driver": "file", "filename": path.string]
    if isReadOnly { file["locking"] = "off" } else { file["discard"] = "unmap" }
    return [
      "driver": "qcow2", "read-only": isReadOnly, "file": file, "backing": backing ?? NSNull(),
    ]
  }

  private func withWorkspace<Value: Sendable>(
    _ body: (FilePath) async throws -> Value
  ) async throws -> Value {
    try HostFiles.makeDirectory(directory)
    return try await HostFiles.withDirectory(in: directory, body)
  }
}

extension SandlotError {
  /// What the unpacker's failure means.
  fileprivate init(_ failure: UnpackResult.Failure) {
    switch failure.kind {
    case .refused:
      self.init(
        .failedPrecondition, "The image is refused: \(failure.message).",
        hint: "Nothing of it was taken. Make the image anew with a well-kept tool.")
    case .tooMuch:
      self.init(
        .resourceExhausted, "The image is too large: \(failure.message).",
        hint: "The limits are set by 'sandlot up --image-limit', --image-entries and --disk-size.")
    case .host:
      self.init(
        .internal, "The image cannot be unpacked: \(failure.message).",
        hint: "Importing needs loop devices, and /dev/fuse for images of several disk layers.")
    }
  }
}
