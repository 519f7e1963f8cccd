import Errors
import Sandboxes
import Synchronization
import SystemPackage

/// Images by id, made by the test, and what sandboxes leave there.
final class FakeImages: ImageSource {
  struct Record {
    var kept: [DiskSnapshot] = []
    var held: [String: [FilePath]] = [:]
    /// What `keep` throws.
    var failure: SandlotError?
  }

  private let images: [String: SandboxImage]
  private let state = Mutex(Record())

  init(_ images: [String: SandboxImage]) { self.images = images }

  var record: Record { state.withLock { $0 } }

  /// Snapshots cannot be kept from now on.
  func fail(_ error: SandlotError?) { state.withLock { $0.failure = error } }

  func image(_ id: String) async throws -> SandboxImage {
    guard let image = images[id] else {
      throw SandlotError(.notFound, "Image \(id) does not exist.")
    }
    return image
  }

  func hold(_ layers: [FilePath], for sandboxID: String) async {
    state.withLock { $0.held[sandboxID] = layers }
  }

  func release(_ sandboxID: String) async { state.withLock { $0.held[sandboxID] = nil } }

  func image(ofSnapshot id: String) async throws -> String? {
    state.withLock { state in state.kept.firstIndex { $0.id == id }.map { "im-s\($0 + 1)" } }
  }

  func requireRoom() async throws {}

  /// The layer has the frozen disk's name, below /layers.
  func keep(_ frozen: FilePath, _ snapshot: DiskSnapshot) async throws -> KeptSnapshot {
    try state.withLock { state in
      if let failure = state.failure { throw failure }
      state.kept.append(snapshot)
      let name = frozen.lastComponent?.string ?? ""
      return KeptSnapshot(imageID: "im-s\(state.kept.count)", layer: FilePath("/layers/\(name)"))
    }
  }
}
