import Errors
import Foundation
import Machines
import SystemPackage

/// The read-only disk layers of images: a directory of qcow2 files.
///
/// A layer never changes and its name is never used again, so a list of names says what a disk
/// holds. Layers know nothing of each other; who starts a machine names the whole chain.
public struct LayerStore: Sendable {
  static let freeHint = "Free some space, or move the data directory to a larger disk."
  private static let suffix = ".qcow2"
  private static let basePrefix = "base-"

  /// Where the layers are; it exists.
  public let directory: FilePath

  /// A store in an existing directory.
  public init(directory: FilePath) { self.directory = directory }

  /// The files of these layers.
  public func paths(_ names: [String]) -> [FilePath] { names.map { path($0) } }

  /// Whether all of these layers are there.
  public func contains(_ names: [String]) -> Bool {
    paths(names).allSatisfy(LayerFiles.exists)
  }

  /// The bytes that these layers take on disk together.
  public func size(of names: [String]) throws -> Int64 {
    try paths(names).reduce(0) { try $0 + LayerFiles.allocatedBytes(of: $1) }
  }

  /// Takes a complete qcow2 file on the same file system for a new layer; returns its name.
  public func adopt(_ file: FilePath) throws -> String {
    let name = Self.newName()
    try LayerFiles.seal(file)
    try LayerFiles.rename(file, to: path(name))
    try LayerFiles.sync(directory)
    return name
  }

  /// Takes a prepared file, which stays where it is, for the layer of this identity; returns its
  /// name, the same for the same identity.
  ///
  /// The layer outlives the file: preparing a newer base does not touch images of the older one.
  public func adoptBase(_ file: FilePath, identity: String) async throws -> String {
    let name = "\(Self.basePrefix)\(ImageKey.shortHash(identity))\(Self.suffix)"
    guard !contains([name]) else { return name }
    if try !LayerFiles.link(file, as: path(name)) {
      try await copy(file) { try LayerFiles.rename($0, to: path(name)) }
    }
    try LayerFiles.seal(path(name))
    try LayerFiles.sync(directory)
    return name
  }

  /// Removes the layers that are not in `referenced` and what an interrupted copy left; returns the
  /// names.
  ///
  /// For the start of the server, when no build runs.
  @discardableResult
  public func collectGarbage(referenced: Set<String>) async throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.string)
    let garbage = names.filter { !referenced.contains($0) && Self.isOurs($0) }.sorted()
    for name in garbage { try LayerFiles.remove(path(name)) }
    for name in names where name.hasPrefix(Self.exportPrefix) {
      try await HostFiles.removeTree(path(name))
    }
    return garbage
  }

  /// All layers but those of bases, which stay for the next image.
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.string).filter { name in
      name.hasSuffix(Self.suffix) && !name.hasPrefix(".") && !name.hasPrefix(Self.basePrefix)
    }
  }

  /// Checks that there is room for a step of a build.
  ///
  /// Throws `resourceExhausted` with both numbers where there is not.
  public func requireFreeSpace(_ minimum: Int64) throws {
    let free = try LayerFiles.freeBytes(at: directory)
    guard free < minimum else { return }
    throw SandlotError(
      .resourceExhausted,
      "The disk is nearly full: \(free >> 20) MiB are free at \(directory), and a build step "
        + "needs \(minimum >> 20) MiB.",
      hint: Self.freeHint)
  }

  func path(_ name: String) -> FilePath { directory.appending(name) }

  static let copySuffix = ".new"
  /// What the directory begins with in which an image is put together that is exported.
  static let exportPrefix = ".export-"

  private static func isOurs(_ name: String) -> Bool {
    name.hasSuffix(suffix) || name.hasSuffix(copySuffix)
  }

  static func newName() -> String {
    UUID().uuidString.lowercased().filter { $0 != "-" } + suffix
  }
}
