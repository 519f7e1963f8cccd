import Images
import Sandboxes
import SystemPackage

/// The images as sandboxes see them.
struct ImageCatalogue: ImageSource {
  let images: ImageService

  func image(_ id: String) async throws -> SandboxImage {
    let image = try await images.image(id)
    return SandboxImage(
      layers: image.layers,
      environment: image.config.env.map {
        EnvironmentVariable(name: $0.name, value: $0.value)
      },
      workingDirectory: image.config.workingDirectory, user: image.config.user,
      entrypoint: image.config.entrypoint, cmd: image.config.cmd)
  }

  func hold(_ layers: [FilePath], for sandboxID: String) async {
    images.hold(layers, for: sandboxID)
  }

  func release(_ sandboxID: String) async { await images.release(sandboxID) }

  func image(ofSnapshot id: String) async throws -> String? {
    try await images.image(ofSnapshot: id)
  }

  func requireRoom() async throws { try images.requireRoom() }

  func keep(_ frozen: FilePath, _ snapshot: DiskSnapshot) async throws -> KeptSnapshot {
    let kept = try await images.keepSnapshot(
      frozen,
      SnapshotOrigin(
        snapshotID: snapshot.id, sandboxID: snapshot.sandboxID, imageID: snapshot.imageID,
        layers: snapshot.layers.compactMap { $0.lastComponent?.string },
        expiresAt: snapshot.expiresAt))
    return KeptSnapshot(imageID: kept.imageID, layer: kept.layer)
  }
}
