/// Which engine machines run on, and why.
public struct EngineVerdict: Sendable, Codable, Equatable {
  /// The engine.
  public var engine: MachineEngine
  /// Why this one, in a sentence for people.
  public var reason: String
  /// What to do to get the faster one; nil where there is nothing to do.
  public var remedy: String?

  /// A verdict.
  public init(engine: MachineEngine, reason: String, remedy: String? = nil) {
    self.engine = engine
    self.reason = reason
    self.remedy = remedy
  }
}
