import Crypto
import Dockerfile
import Errors
import Foundation
import Machines
import Store

extension BaseLibrary {
  /// What a registry says of an image.
  func ask(
    _ place: ImageReference, as reference: ImageReference, _ credentials: RegistryCredentials?
  ) async throws -> BaseImageRow {
    var place = place
    var data = try await skopeo.manifest(of: place, credentials)
    var manifest = try Self.decode(OCIManifest.self, data, of: reference)
    if let list = manifest.manifests {
      let fitting = list.first {
        $0.platform?.architecture == "amd64" && $0.platform?.os == "linux"
      }
      guard let fitting else {
        let platforms = list.compactMap { $0.platform.map { "\($0.os)/\($0.architecture)" } }
        throw SandlotError(
          .failedPrecondition,
          "The image \(reference.name) is not made for linux/amd64, only for "
            + "\(Set(platforms).sorted().joined(separator: ", ")).",
          hint: "Sandboxes are linux/amd64 machines.")
      }
      place = place.pinned(to: fitting.digest)
      data = try await skopeo.manifest(of: place, credentials)
      manifest = try Self.decode(OCIManifest.self, data, of: reference)
    } else {
      place = place.pinned(to: "sha256:" + HostFiles.hexadecimal(SHA256.hash(data: data)))
    }
    let config = try Self.decode(
      OCIConfig.self, try await skopeo.config(of: place, credentials), of: reference)
    return try row(manifest, config, from: place, as: reference, .registry)
  }

  /// The row of an image.
  ///
  /// - Parameter place: Where its layers come from.
  func row(
    _ manifest: OCIManifest, _ config: OCIConfig, from place: ImageReference,
    as reference: ImageReference, _ source: BaseImageRow.Source
  ) throws -> BaseImageRow {
    if let architecture = config.architecture, architecture != "amd64" {
      throw SandlotError(
        .failedPrecondition,
        "The image \(reference.name) is made for \(config.os ?? "linux")/\(architecture).",
        hint: "Sandboxes are linux/amd64 machines.")
    }
    let layers = manifest.layers ?? []
    let diffIDs = config.rootfs?.diffIDs ?? []
    guard layers.count == diffIDs.count, let digest = manifest.config?.digest else {
      throw SandlotError(
        .failedPrecondition,
        "The image \(reference.name) is unsound: it has \(layers.count) layers, and its "
          + "configuration names \(diffIDs.count).", hint: "Push it again.")
    }
    for layer in layers {
      guard let type = layer.mediaType, Self.isKnown(type) else {
        throw SandlotError(
          .unimplemented,
          "The image \(reference.name) has a layer of the type '\(layer.mediaType ?? "")'.",
          hint: "Layers are tar archives, plain or compressed by gzip or zstd.")
      }
    }
    return BaseImageRow(
      id: digest, reference: place.name, source: source,
      config: try ConfigText.encode(config.imageConfig),
      layers: zip(layers, diffIDs).map { .init(digest: $0.digest, diffID: $1, size: $0.size) },
      warnings: config.warnings(of: reference.name), createdAt: now())
  }

  private static func isKnown(_ type: String) -> Bool {
    !type.contains("encrypted") && !type.contains("foreign")
      && !type.contains("nondistributable")
      && (type.contains(".layer.v1.tar") || type.contains("rootfs.diff.tar"))
  }

  static func decode<Document: Decodable>(
    _ type: Document.Type, _ data: Data, of reference: ImageReference
  ) throws -> Document {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw SandlotError(
        .failedPrecondition,
        "The image \(reference.name) is described in a form that is not understood: \(error)",
        hint: "Images are those of Docker's version 2, schema 2, and of OCI.")
    }
  }
}
