import Dockerfile
import Errors
import Foundation
import Store

/// An image as the people who run the server see it.
public struct ImageOverview: Sendable {
  /// The row.
  public var row: ImageRow
  /// What its layers take on disk together.
  public var bytes: Int64
  /// Those of them that no other image and no base needs.
  public var ownBytes: Int64
  /// What uses it, in words.
  public var uses: [String]

  /// The last step of its definition.
  public var text: String { row.steps.last?.text ?? "FROM" }
}

/// All images, and what they take.
public struct LibraryOverview: Sendable {
  /// The images, the most recently used first.
  public var images: [ImageOverview]
  /// What all layers take on disk together.
  public var totalBytes: Int64
  /// What they may take.
  public var budgetBytes: Int64
  /// How many disks of build steps there are.
  public var cachedSteps: Int
}

/// All that is known of an image.
public struct ImageDetails: Sendable {
  /// The image in a line.
  public var overview: ImageOverview
  /// Its layers, base first.
  public var layers: [Layer]

  /// One of its layers.
  public struct Layer: Sendable {
    /// The file's name.
    public var name: String
    /// What it takes on disk.
    public var bytes: Int64
    /// How many images have it.
    public var images: Int
  }
}

extension ImageService {
  /// All images, and what they take.
  public func overview() async throws -> LibraryOverview {
    let contents = try await context.store.libraryContents()
    let account = LayerAccount(contents, in: context.layers)
    let sharing = Sharing(contents)
    let uses = try await context.uses.uses()
    return LibraryOverview(
      images: contents.images.map { overview(of: $0, account, sharing, uses[$0.id] ?? []) },
      totalBytes: account.total, budgetBytes: context.libraryLimits.totalBytes,
      cachedSteps: contents.steps.count)
  }

  /// All that is known of one. Throws `SandlotError.notFound`.
  public func details(_ id: String) async throws -> ImageDetails {
    let contents = try await context.store.libraryContents()
    guard let row = contents.images.first(where: { $0.id == id }) else { throw Self.unknown(id) }
    let account = LayerAccount(contents, in: context.layers)
    let sharing = Sharing(contents)
    let uses = try await context.uses.uses()[id] ?? []
    return ImageDetails(
      overview: overview(of: row, account, sharing, uses),
      layers: row.layers.map {
        .init(name: $0, bytes: account.size(of: $0), images: sharing.images[$0] ?? 0)
      })
  }

  private func overview(
    of row: ImageRow, _ account: LayerAccount, _ sharing: Sharing, _ uses: [String]
  ) -> ImageOverview {
    let own = row.layers.filter { sharing.images[$0] ?? 0 <= 1 && !sharing.bases.contains($0) }
    return ImageOverview(
      row: row, bytes: account.size(of: row.layers), ownBytes: account.size(of: own), uses: uses)
  }

  /// Which layers more than one image has. Cached steps do not count: they go with their image.
  private struct Sharing {
    var images: [String: Int] = [:]
    var bases: Set<String>

    init(_ contents: LibraryContents) {
      bases = Set(contents.bases.map(\.layer))
      for image in contents.images {
        for layer in Set(image.layers) { images[layer, default: 0] += 1 }
      }
    }
  }
}
