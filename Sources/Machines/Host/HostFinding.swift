/// One line of `sandlot doctor`: a thing that was checked and, when it is wrong, its remedy.
public struct HostFinding: Sendable, Equatable {
  /// How much of Sandlot fails when the finding is bad.
  public enum Severity: Sendable, Equatable {
    /// All is well; `detail` says what was found.
    case ok
    /// Sandboxes run, with the restriction that `detail` describes.
    case warning
    /// The function that needs it does not work at all.
    case failure
  }

  /// What was checked, in a few words.
  public var subject: String
  /// How bad it is.
  public var severity: Severity
  /// What was found.
  public var detail: String
  /// The command or setting that mends it; nil when all is well.
  public var remedy: String?

  /// Makes a finding from its parts.
  public init(_ subject: String, _ severity: Severity, _ detail: String, remedy: String? = nil) {
    self.subject = subject
    self.severity = severity
    self.detail = detail
    self.remedy = remedy
  }
}
