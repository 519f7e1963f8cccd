import Images
import Store

/// What needs images besides images.
struct ImageUsers: ImageUses {
  let store: Store

  func uses() async throws -> [String: [String]] {
    var uses: [String: [String]] = [:]
    for (sandbox, image) in try await store.imagesOfUnfinishedSandboxes() {
      uses[image, default: []].append("sandbox \(sandbox)")
    }
    return uses.mapValues { $0.sorted() }
  }
}
