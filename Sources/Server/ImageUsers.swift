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
    uses = uses.mapValues { $0.sorted() }
    for (image, names) in try await store.namesOfImages() {
      uses[image, default: []] += names.map { "name \($0)" }
    }
    return uses
  }
}
