import Errors
import Foundation
import Store

/// The names under which images are published, and what was published under them before.
public struct ImageNames: Sendable {
  private let store: Store
  private let now: @Sendable () -> Date

  /// Names in a store.
  public init(store: Store, now: @escaping @Sendable () -> Date = { Date() }) {
    self.store = store
    self.now = now
  }

  /// Makes a name mean an image, which exists and is built. Returns the publication's id.
  public func publish(
    _ imageID: String, as name: String, environment: String, by publisher: String
  ) async throws -> String {
    let revision = "rv-" + UUID().uuidString.lowercased().filter { $0 != "-" }
    try await store.publish(
      ImageRevisionRow(
        environment: environment, name: name, imageID: imageID, revision: revision,
        publishedAt: now(), publishedBy: publisher))
    return revision
  }

  /// The image that a name means. Throws `SandlotError.notFound`.
  public func image(_ name: String, environment: String) async throws -> String {
    guard let row = try await store.imageName(name, environment: environment) else {
      throw SandlotError(
        .notFound, "No image is published as '\(name)' in environment '\(environment)'.",
        hint: "Publish one: image.publish('\(name)'), or see: modal image names list.")
    }
    return row.imageID
  }

  /// A page of names, in the order of their characters.
  public func list(
    environment: String, prefix: String, imageID: String?, after name: String, limit: Int
  ) async throws -> [ImageNameRow] {
    try await store.imageNames(
      environment: environment, prefix: prefix, imageID: imageID, after: name, limit: limit)
  }

  /// A page of what was published under a name, newest first.
  public func history(
    _ name: String, environment: String, before number: Int64?, limit: Int
  ) async throws -> [ImageRevisionRow] {
    try await store.imageRevisions(
      name, environment: environment, before: number ?? .max, limit: limit)
  }

  /// Forgets a name and its history; the image stays. Throws `SandlotError.notFound`.
  public func delete(_ name: String, environment: String) async throws {
    guard try await store.removeImageName(name, environment: environment) else {
      throw SandlotError(
        .notFound, "No image is published as '\(name)' in environment '\(environment)'.")
    }
  }
}
