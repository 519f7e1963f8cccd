import Images
import Sandboxes

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
}
