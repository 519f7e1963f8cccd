/// What a finished program wrote, each stream cut to the limit that its caller set.
public struct ToolOutput: Sendable, Equatable {
  /// Standard output; the first bytes of it where there was more than the limit.
  public var standardOutput: String
  /// Standard error; the last bytes of it where there was more than the limit.
  public var standardError: String
}
