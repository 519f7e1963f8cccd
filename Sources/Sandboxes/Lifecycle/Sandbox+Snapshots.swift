import Errors
import Foundation
import Machines

/// Snapshots of the disk of a sandbox that runs on.
extension Sandbox {
  /// Makes an image of the disk as it is now; returns the image's id.
  ///
  /// One at a time. A caller that leaves does not stop it: its retry, with the same id, gets the answer.
  func snapshotFilesystem(_ request: SnapshotRequest) async throws -> String {
    if let known = snapshots[request.id] { return try await known.value }
    let machine = try await machineUp.value().get()
    touch()
    // Another call of the same id may have come while the machine was awaited.
    if let known = snapshots[request.id] { return try await known.value }
    let previous = lastSnapshot
    let task = Task {
      _ = await previous?.result
      return try await takeSnapshot(request, of: machine)
    }
    snapshots[request.id] = task
    lastSnapshot = task
    do {
      return try await task.value
    } catch {
      snapshots[request.id] = nil
      // Of a sandbox that ends meanwhile, that it ends is what there is to say.
      throw endError ?? error
    }
  }

  private func takeSnapshot(
    _ request: SnapshotRequest, of machine: any Machine
  ) async throws -> String {
    if let known = try await context.images.image(ofSnapshot: request.id) { return known }
    if let snapshotFailure { throw snapshotFailure }
    try await context.images.requireRoom()
    let frozen = try await machine.snapshotDisk()
    let expiry = request.secondsToLive.map { context.now().addingTimeInterval(TimeInterval($0)) }
    let snapshot = DiskSnapshot(
      id: request.id, sandboxID: id, imageID: specification.imageID, layers: layers,
      expiresAt: expiry)
    do {
      let kept = try await context.images.keep(frozen, snapshot)
      layers.append(kept.layer)
      await context.images.hold(layers, for: id)
      return kept.imageID
    } catch {
      // The sandbox goes on above a layer that has no place among the images.
      snapshotFailure = SandlotError(
        .failedPrecondition,
        "The disk of \(id) cannot be snapshot any more, since a snapshot could not be kept: \(error)"
      )
      throw error
    }
  }
}
