import Dockerfile
import Errors
import Foundation
import Store

extension ImageService {
  /// What is known of an image. Throws `notFound`.
  public func summary(_ id: String) async throws -> ImageSummary {
    guard let row = try await context.store.image(id: id) else {
      throw Self.unknown(id)
    }
    try await requireCurrent(row)
    try await noteUse(of: row)
    return try summary(of: row)
  }

  /// A snapshot whose time is over is of no use, unless it has a name.
  private func requireCurrent(_ row: ImageRow) async throws {
    guard let expiry = row.expiresAt, expiry <= context.now(),
      try await context.store.namesOfImages()[row.id] == nil
    else { return }
    throw SandlotError(
      .notFound,
      "The image '\(row.id)', a snapshot of \(row.snapshotOf ?? "a sandbox"), has expired.",
      hint: "Take another one; ttl=None keeps it until it is removed, and so does a name.")
  }

  static func unknown(_ id: String) -> SandlotError {
    SandlotError(
      .notFound, "The image '\(id)' does not exist.",
      hint: "Define it again with modal.Image, which finds or builds it.")
  }

  /// An image that is built.
  ///
  /// Throws `notFound` where there is none of this id, `failedPrecondition` where it is being built
  /// or could not be.
  public func image(_ id: String) async throws -> Image {
    switch try await summary(id).state {
    case .built(let image): return image
    case .building:
      throw SandlotError(
        .failedPrecondition, "The image '\(id)' is still being built.",
        hint: "Wait for the build: image.build(app) returns when it is done.")
    case .failed(let failure):
      throw SandlotError(
        .failedPrecondition, "The image '\(id)' could not be built: \(failure.message)")
    }
  }

  /// Brings the store and the layers into order after a server that may have ended in any way; to
  /// be called before anything else. Returns what it did, for people.
  public func recoverAfterRestart() async throws -> [String] {
    let failure = "The server was restarted during the build."
    let failed = try await context.store.failUnfinishedImages(failure)
    let removed = try await context.layers.collectGarbage(
      referenced: try await context.store.referencedLayers())
    var notes = failed.map { "the build of \($0) was cut short by the restart" }
    if !removed.isEmpty { notes.append("removed \(removed.count) layers that nothing uses") }
    return notes
  }

  func summary(of row: ImageRow) throws -> ImageSummary {
    let state: ImageState =
      switch row.state {
      case .building: .building
      case .failed: .failed(BuildFailure(message: row.failure ?? "The build failed."))
      case .built:
        .built(
          Image(
            id: row.id, layers: context.layers.paths(row.layers),
            config: try ConfigText.decode(row.config), warnings: row.warnings))
      }
    return ImageSummary(id: row.id, state: state, warnings: row.warnings)
  }
}

/// An image's configuration as the store keeps it.
enum ConfigText {
  static func encode(_ config: ImageConfig) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(config), as: UTF8.self)
  }

  static func decode(_ text: String) throws -> ImageConfig {
    try JSONDecoder().decode(ImageConfig.self, from: Data(text.utf8))
  }
}
