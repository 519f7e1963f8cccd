import Mounts
import Sandboxes
import SystemPackage

/// The mounts as sandboxes see them.
struct MountCatalogue: FileSource {
  let mounts: Mounts

  func requireMounts(_ ids: [String]) async throws {
    for id in ids { try await mounts.use(id) }
  }

  func archive(ofMounts ids: [String]) async throws -> FilePath {
    try await mounts.archive(of: mounts.tree(merging: ids))
  }
}
