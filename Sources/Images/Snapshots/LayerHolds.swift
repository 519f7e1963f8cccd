import Synchronization

/// The layers that disks of running sandboxes are made of. They stay whatever becomes of the images: a
/// snapshot to come names them.
final class LayerHolds: Sendable {
  private let holds = Mutex<[String: [String]]>([:])

  func hold(_ layers: [String], for holder: String) { holds.withLock { $0[holder] = layers } }

  func release(_ holder: String) { holds.withLock { $0[holder] = nil } }

  func holds(_ holder: String) -> Bool { holds.withLock { $0[holder] != nil } }

  /// All layers that somebody holds.
  var all: Set<String> { holds.withLock { Set($0.values.joined()) } }
}
