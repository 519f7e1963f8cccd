import Foundation

/// What is known of a sandbox, running or finished.
public struct SandboxInfo: Sendable, Equatable {
  /// `sb-…`.
  public var id: String
  /// `ta-…`: what the data plane calls the sandbox.
  public var taskID: String
  /// The app it belongs to.
  public var appID: String
  /// The name it was given.
  public var name: String?
  /// Free words of the user.
  public var tags: [String: String]
  /// When it was asked for.
  public var createdAt: Date
  /// When its machine began to run.
  public var startedAt: Date?
  /// When it had ended and everything was freed.
  public var finishedAt: Date?
  /// How it ended; nil while it has not.
  public var result: SandboxResult?
  /// What was asked for.
  public var specification: SandboxSpecification

  /// A sandbox that was asked for.
  package init(
    id: String, taskID: String, createdAt: Date, specification: SandboxSpecification
  ) {
    self.id = id
    self.taskID = taskID
    appID = specification.appID
    name = specification.name
    tags = specification.tags
    self.createdAt = createdAt
    self.specification = specification
  }
}
