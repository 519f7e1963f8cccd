import Identifiers

/// The SDK's two generations of sandboxes, told apart by the shapes of their ids alone: an SDK takes
/// the id for the RPCs to use. Nothing else of a sandbox depends on it.
public enum SandboxGeneration: Sendable, CaseIterable {
  /// What JavaScript, Go and Python with `MODAL_SANDBOX_V2=0` make.
  case v1
  /// What Python makes.
  case v2

  /// Ids for a new sandbox and its task.
  func makeIdentifiers() -> (sandbox: String, task: String) {
    switch self {
    case .v1: (Identifier.make(.sandboxV1), Identifier.make(.taskV1))
    case .v2: (Identifier.make(.sandbox), Identifier.make(.task))
    }
  }
}
