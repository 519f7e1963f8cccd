import Errors
import Foundation
import Machines
import Store
import SystemPackage
import UnpackRequest

extension BaseLibrary {
  public func layers(
    of base: ResolvedBase, progress: @escaping @Sendable (String) -> Void
  ) async throws -> [String] {
    switch base.source {
    case .scratch:
      return [
        try await disk("scratch \(importer.diskBytes)") { try await self.importer.makeEmpty() }
      ]
    case .disk: return try await standIn.layers(of: base, progress: progress)
    case .image(let id):
      guard let row = try await store.baseImage(id: id) else {
        throw SandlotError(
          .notFound, "The base image '\(id)' of \(base.reference) is gone.",
          hint: "Ask for the image again.")
      }
      if row.source == .bootstrapped { return [try await bootstrapped(row)] }
      return try await layers(of: row, base.credentials, progress)
    }
  }

  /// The disk layers of an image, made where they are missing.
  func layers(
    of row: BaseImageRow, _ credentials: RegistryCredentials?,
    _ progress: @escaping @Sendable (String) -> Void
  ) async throws -> [String] {
    var row = row
    var chain: [String] = []
    let groups = DiskGroup.groups(of: row.layers)
    guard !groups.isEmpty else {
      return [
        try await disk("scratch \(importer.diskBytes)") { try await self.importer.makeEmpty() }
      ]
    }
    var isPulled = false
    for (index, group) in groups.enumerated() {
      if let known = try await existing(group.chainID) {
        chain.append(known)
        continue
      }
      if !isPulled {
        row = try await pull(row, credentials, progress)
        isPulled = true
      }
      // The pull may have packed layers anew, under other digests.
      let current = DiskGroup.groups(of: row.layers)[index]
      let below = chain
      chain.append(
        try await disk(group.chainID) {
          try await self.make(
            current, over: below, "disk layer \(index + 1) of \(groups.count)", progress)
        })
    }
    return chain
  }

  private func make(
    _ group: DiskGroup, over chain: [String], _ name: String,
    _ progress: @escaping @Sendable (String) -> Void
  ) async throws -> String {
    let start = ContinuousClock.now
    let layers = group.layers.map {
      UnpackRequest.Layer(blob: blob($0.digest).string, diffID: $0.diffID)
    }
    let (layer, result) = try await importer.unpack(layers, over: chain)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    progress(
      "Unpacked \(result.entries) entries, \(result.bytes >> 20) MiB, into \(name) in "
        + "\(String(format: "%.1f", seconds)) s")
    for warning in result.warnings { progress("Warning: \(warning)") }
    return layer
  }

  /// The layer of a key, made by one of those who want it at a time.
  func disk(
    _ key: String, _ make: @escaping @Sendable () async throws -> String
  ) async throws -> String {
    if let known = try await existing(key) { return known }
    if let making = makings[key] { return try await making.value }
    let task = Task {
      let layer = try await make()
      try await store.save(BaseDiskRow(key: key, layer: layer, createdAt: now()))
      return layer
    }
    makings[key] = task
    defer { makings[key] = nil }
    return try await task.value
  }

  private func existing(_ key: String) async throws -> String? {
    guard let row = try await store.baseDisk(key: key), layerStore.contains([row.layer]) else {
      return nil
    }
    if now().timeIntervalSince(row.lastUsedAt) > 60 {
      try await store.useBaseDisk(key: key, at: now())
    }
    return row.layer
  }

  private func bootstrapped(_ row: BaseImageRow) async throws -> String {
    guard let layer = try await existing(row.id) else {
      throw SandlotError(
        .failedPrecondition, "The disk of the image \(row.reference) is gone.",
        hint: "Make it again: sandlot image bootstrap.")
    }
    return layer
  }

  /// The file of a blob.
  func blob(_ digest: String) -> FilePath {
    blobs.appending("sha256").appending(String(digest.dropFirst("sha256:".count)))
  }
}
