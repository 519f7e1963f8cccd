/// How to find out whether a container of an image works. It is kept for those who read the image:
/// a sandbox runs no such check.
public struct Healthcheck: Codable, Sendable, Equatable, Hashable {
  /// `NONE`; `CMD` and an argument vector; or `CMD-SHELL` and a line for the image's shell.
  public var test: [String]
  /// Nanoseconds between two checks; 0 for the usual.
  public var interval: Int64
  /// Nanoseconds after which a check counts as failed; 0 for the usual.
  public var timeout: Int64
  /// Nanoseconds that the container has to start; 0 for the usual.
  public var startPeriod: Int64
  /// Nanoseconds between two checks while it starts; 0 for the usual.
  public var startInterval: Int64
  /// How many checks have to fail in a row; 0 for the usual.
  public var retries: Int

  /// A check.
  public init(
    test: [String], interval: Int64 = 0, timeout: Int64 = 0, startPeriod: Int64 = 0,
    startInterval: Int64 = 0, retries: Int = 0
  ) {
    self.test = test
    self.interval = interval
    self.timeout = timeout
    self.startPeriod = startPeriod
    self.startInterval = startInterval
    self.retries = retries
  }
}
