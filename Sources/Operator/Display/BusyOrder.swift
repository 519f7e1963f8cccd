import OperatorProtocol

/// The busiest sandboxes first, from one look at them to the next: rows that use about the same keep
/// their places, so that the eye does not lose them.
package struct BusyOrder: Sendable {
  /// What counts as about the same, in cores.
  private static let difference = 0.1

  private var ids: [String] = []

  /// An order that has seen nothing.
  package init() {}

  /// Sorts sandboxes. New ones that use the same stand before older ones.
  package mutating func sorted(
    _ sandboxes: [Sandlot_Operator_Sandbox]
  ) -> [Sandlot_Operator_Sandbox] {
    let places = Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { $1 })
    var sorted: [Sandlot_Operator_Sandbox] = []
    let seen = sandboxes.filter { places[$0.id] != nil }
      .sorted { places[$0.id, default: 0] < places[$1.id, default: 0] }
    let new = sandboxes.filter { places[$0.id] == nil }
      .sorted { ($0.coresInUse, $0.createdAt.seconds) > ($1.coresInUse, $1.createdAt.seconds) }
    for sandbox in seen {
      // Only who uses clearly more goes past those before it.
      let place = sorted.lastIndex { sandbox.coresInUse - $0.coresInUse <= Self.difference }
      sorted.insert(sandbox, at: place.map { $0 + 1 } ?? 0)
    }
    for sandbox in new {
      let place = sorted.firstIndex { $0.coresInUse < sandbox.coresInUse }
      sorted.insert(sandbox, at: place ?? sorted.count)
    }
    ids = sorted.map(\.id)
    return sorted
  }
}
