/// What of the logs is kept.
public struct LogLimits: Sendable {
  /// Of each of a sandbox's streams, the newest so many bytes.
  public var streamBytes: Int64 = 128 << 20
  /// Of the index of a sandbox's log, the newest so many bytes: a million runs.
  public var indexBytes: Int64 = 32 << 20
  /// What the logs of finished sandboxes may take on the disk together; the oldest go first.
  public var totalBytes: Int64 = 4096 << 20
  /// Of how many finished sandboxes logs are kept.
  public var finishedSandboxes = 10_000
  /// How long a finished sandbox's log is kept.
  public var retention: Duration = .seconds(7 * 24 * 3600)
  /// The most that one question is answered with, in bytes.
  public var answerBytes = 64 << 20

  /// The defaults.
  public init() {}
}
