import Foundation
import Store

extension ImageService {
  /// Removes disk layers of registries' images that nothing is built on, the least recently used first:
  /// those not used since `expiry`, and more while all together take more than they may. A registry has
  /// them still; what was imported or made here stays.
  func collectBases(before expiry: Date, _ grace: Date) async throws -> ImageCollection {
    let contents = try await context.store.libraryContents()
    let kept = Self.localDisks(try await context.store.baseImages())
    var account = LayerAccount(contents, in: context.layers)
    var doomed: [BaseDiskRow] = []
    for disk in contents.bases.sorted(by: { $0.lastUsedAt < $1.lastUsedAt })
    where !kept.contains(disk.key) && disk.lastUsedAt < grace && account.isAlone(disk.layer) {
      guard disk.lastUsedAt < expiry || account.total > context.libraryLimits.totalBytes else {
        break
      }
      doomed.append(disk)
      account.remove([disk.layer])
    }
    let gone = try await context.store.removeBaseDisks(keys: doomed.map(\.key), before: grace)
    let needed = try await context.store.referencedLayers()
    var result = ImageCollection()
    for disk in doomed where gone.contains(disk.key) && !needed.contains(disk.layer) {
      result.bytes += (try? context.layers.size(of: [disk.layer])) ?? 0
      try LayerFiles.remove(context.layers.path(disk.layer))
      result.layers += 1
    }
    return result
  }

  /// The keys of disk layers that no registry has.
  private static func localDisks(_ images: [BaseImageRow]) -> Set<String> {
    var keys: Set<String> = []
    for image in images {
      switch image.source {
      case .registry: break
      case .bootstrapped: keys.insert(image.id)
      case .imported: keys.formUnion(DiskGroup.groups(of: image.layers).map(\.chainID))
      }
    }
    return keys
  }
}
