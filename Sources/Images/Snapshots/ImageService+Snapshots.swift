import Errors
import Foundation
import Identifiers
import Store
import SystemPackage

/// Frozen disks of running sandboxes that become images.
extension ImageService {
  private static func key(ofSnapshot id: String) -> String { "snapshot \(id)" }

  /// The image that a snapshot has become; nil where there is none of this id.
  public func image(ofSnapshot id: String) async throws -> String? {
    try await context.store.image(key: Self.key(ofSnapshot: id))?.id
  }

  /// Throws `SandlotError.resourceExhausted` where there is no room for another layer.
  public nonisolated func requireRoom() throws {
    try context.layers.requireFreeSpace(context.limits.minimumFreeBytes)
  }

  /// Keeps layers, whatever becomes of the images that have them. Replaces what the holder held before.
  public nonisolated func hold(_ layers: [FilePath], for holder: String) {
    context.holds.hold(layers.compactMap { $0.lastComponent?.string }, for: holder)
  }

  /// The holder needs its layers no more.
  public func release(_ holder: String) {
    context.holds.release(holder)
    shortChains[holder] = nil
    context.holds.release(Self.shortHold(holder))
  }

  private static func shortHold(_ sandboxID: String) -> String { "\(sandboxID), shorter" }

  /// Makes an image of a frozen disk with the configuration of the image that its sandbox was started
  /// from; returns its id and the layer. Chains that are too long are squashed later.
  public func keepSnapshot(
    _ frozen: FilePath, _ origin: SnapshotOrigin
  ) async throws -> (imageID: String, layer: FilePath) {
    let config = try await context.store.image(id: origin.imageID)?.config
    let layer = try context.layers.adopt(frozen)
    let chain = origin.layers + [layer]
    var row = ImageRow(
      id: Identifier.make(.image), key: Self.key(ofSnapshot: origin.snapshotID), state: .built,
      layers: shortened(chain, of: origin.sandboxID), config: config ?? "{}",
      createdAt: context.now(),
      steps: [.init(number: 1, text: "SNAPSHOT \(origin.sandboxID)", outcome: .executed)])
    row.snapshotOf = origin.sandboxID
    row.expiresAt = origin.expiresAt
    do {
      try await context.store.save(row)
    } catch {
      try? LayerFiles.remove(context.layers.path(layer))
      throw error
    }
    if row.layers.count > context.limits.maximumDepth {
      shortenLater(chain, of: origin.sandboxID, for: row.id)
    }
    return (row.id, context.layers.path(layer))
  }

  /// A sandbox's chain with what is known to be the same as its beginning in fewer layers.
  private func shortened(_ chain: [String], of sandboxID: String) -> [String] {
    guard let known = shortChains[sandboxID], known.count <= chain.count else { return chain }
    return known.layers + chain.dropFirst(known.count)
  }

  /// Gives an image the same disk in fewer layers. One after another, since each may read and write much;
  /// what one has found serves those that wait.
  private func shortenLater(_ chain: [String], of sandboxID: String, for imageID: String) {
    let previous = shortening
    shortening = Task {
      await previous?.value
      guard !Task.isCancelled else { return }
      do {
        let layers = try await context.layers.shorten(
          shortened(chain, of: sandboxID), to: context.limits.maximumDepth)
        if context.holds.holds(sandboxID) {
          shortChains[sandboxID] = ShortChain(count: chain.count, layers: layers)
          context.holds.hold(layers, for: Self.shortHold(sandboxID))
        }
        try await context.store.replaceLayers(ofImage: imageID, with: layers)
      } catch {
        // The image is whole, only slower than it could be.
        context.logger.warning("the layers of \(imageID) cannot be merged: \(error)")
      }
    }
  }

  /// Removes the layers that no image and no running sandbox needs, now and at the last sweep: what a
  /// chain was made of before it was shortened, what a sandbox had that has ended. One that is on its way
  /// to an image is passed over so. Returns their number and what they took on disk.
  func sweep() async throws -> (layers: Int, bytes: Int64) {
    var swept = (layers: 0, bytes: Int64(0))
    // A build that keeps nothing for others has layers that no row names until it is done.
    guard !isBuilding else { return swept }
    let needed = try await context.store.referencedLayers().union(context.holds.all)
    let unneeded = Set(try context.layers.names()).subtracting(needed)
    for name in unneeded.intersection(unneededLayers) {
      swept.bytes += try context.layers.size(of: [name])
      try LayerFiles.remove(context.layers.path(name))
      swept.layers += 1
    }
    unneededLayers = unneeded
    return swept
  }
}
