import Errors
import Foundation
import Machines
import Store
import SystemPackage

extension BaseLibrary {
  /// How often a pull tells how far it is.
  private static let interval: Duration = .seconds(2)
  /// How often an image is tried to be fetched.
  private static let attempts = 3

  /// Fetches the layers of an image; those who want the same image share it. Returns its row, in which
  /// layers that were packed anew have their new digests.
  func pull(
    _ row: BaseImageRow, _ credentials: RegistryCredentials?,
    _ progress: @escaping @Sendable (String) -> Void
  ) async throws -> BaseImageRow {
    if row.layers.allSatisfy({ HostFiles.exists(blob($0.digest)) }) { return row }
    if let pull = pulls[row.id] {
      progress("Waiting for the pull of \(row.reference) by another build")
      return try await pull.value
    }
    guard row.source == .registry else {
      throw SandlotError(
        .failedPrecondition, "The layers of the imported image \(row.reference) are gone.",
        hint: "Import it again: sandlot image import.")
    }
    let task = Task { try await fetch(row, credentials, progress) }
    pulls[row.id] = task
    defer { pulls[row.id] = nil }
    return try await task.value
  }

  private func fetch(
    _ row: BaseImageRow, _ credentials: RegistryCredentials?,
    _ progress: @escaping @Sendable (String) -> Void
  ) async throws -> BaseImageRow {
    let reference = try ImageReference(row.reference)
    let total = row.layers.reduce(0) { $0 + $1.size }
    progress(
      "Pulling \(row.reference): \(row.layers.count) layers, \(Self.mebibytes(total)) MiB")
    let start = ContinuousClock.now
    let pulled = try await HostFiles.withDirectory(in: work, prefix: "pull-") { directory in
      let layout = directory.appending("layout")
      do {
        try await withThrowingTaskGroup(of: Bool.self) { group in
          group.addTask { [self] in
            try await copy(reference, credentials, to: layout, progress)
            return true
          }
          group.addTask { [self] in
            while true {
              try await Task.sleep(for: Self.interval)
              let fetched = Self.mebibytes(await fetched(row, layout))
              progress("Pulled \(fetched) of \(Self.mebibytes(total)) MiB")
            }
          }
          _ = try await group.next()
          group.cancelAll()
        }
      } catch let error as SandlotError {
        throw RegistryFailure.explained(error, reference, hasCredentials: credentials != nil)
      }
      return try await taken(row, from: layout)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    progress("Pulled \(row.reference) in \(String(format: "%.1f", seconds)) s")
    return pulled
  }

  /// Copies an image; where the connection is lost, again: what is complete is not fetched twice.
  private func copy(
    _ reference: ImageReference, _ credentials: RegistryCredentials?, to layout: FilePath,
    _ progress: @escaping @Sendable (String) -> Void
  ) async throws {
    for attempt in 1...Self.attempts {
      do {
        return try await skopeo.copy(reference, credentials, to: layout, blobs: blobs)
      } catch let error as SandlotError
        where attempt < Self.attempts && RegistryFailure.isPassing(error)
      {
        progress("The connection to \(reference.host) was lost; going on with what is missing")
        try await HostFiles.removeTree(layout)
        try await Task.sleep(for: .seconds(attempt))
      }
    }
  }

  /// What has come of an image's layers: complete ones, and those that are on their way.
  private func fetched(_ row: BaseImageRow, _ layout: FilePath) -> Int64 {
    let complete = row.layers.filter { HostFiles.exists(blob($0.digest)) }
    let parts = ((try? HostFiles.names(in: layout)) ?? []).filter { $0.hasPrefix("oci-put-blob") }
    return complete.reduce(0) { $0 + $1.size }
      + parts.reduce(0) {
        $0 + ((try? HostFiles.allocatedBytes(of: layout.appending($1))) ?? 0)
      }
  }

  /// The row with the digests that the blobs have in a layout: skopeo compresses layers that are not.
  func taken(_ row: BaseImageRow, from layout: FilePath) async throws -> BaseImageRow {
    let (manifest, _) = try documents(of: layout, as: try ImageReference(row.reference))
    var row = row
    guard let layers = manifest.layers, layers.count == row.layers.count else {
      throw SandlotError(
        .failedPrecondition, "The registry has another image at \(row.reference) by now.",
        hint: "Ask for it again.")
    }
    for (index, layer) in layers.enumerated() { row.layers[index].digest = layer.digest }
    try await store.save(row)
    return row
  }

  /// The manifest and the configuration of the image in a layout with shared blobs.
  func documents(
    of layout: FilePath, as reference: ImageReference
  ) throws -> (OCIManifest, OCIConfig) {
    func read<Document: Decodable>(_ type: Document.Type, _ path: FilePath) throws -> Document {
      try Self.decode(type, Data(try HostFiles.bytes(at: path)), of: reference)
    }
    let index = try read(OCIManifest.self, layout.appending("index.json"))
    guard let image = index.manifests?.first else {
      throw SandlotError(.internal, "The copy of \(reference.name) has no manifest.")
    }
    let manifest = try read(OCIManifest.self, blob(image.digest))
    guard let config = manifest.config else {
      throw SandlotError(.internal, "The copy of \(reference.name) has no configuration.")
    }
    return (manifest, try read(OCIConfig.self, blob(config.digest)))
  }

  static func mebibytes(_ bytes: Int64) -> String {
    String(format: "%.1f", Double(bytes) / Double(1 << 20))
  }
}
