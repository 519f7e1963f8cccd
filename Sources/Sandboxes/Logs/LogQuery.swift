/// Which sandboxes' logs are asked for.
public enum LogScope: Sendable, Equatable {
  /// Those of an app.
  case app(String)
  /// One sandbox's.
  case sandbox(id: String, appID: String)
}

/// Which entries of a log are asked for.
public struct LogQuery: Sendable, Equatable {
  /// Nanoseconds since 1970; what was written earlier is left out.
  public var since: Int64 = 0
  /// Nanoseconds since 1970; what was written then or later is left out.
  public var until: Int64 = .max
  /// Whose lines are wanted.
  public var sources: Set<LogSource> = Set(LogSource.allCases)
  /// Only entries that contain this, to the letter; empty for all.
  public var search = ""
  /// Whether the lines of a flood may share entries, so that fewer entries tell everything.
  public var grouped = false

  /// Everything.
  public init() {}
}

/// Entries that one source of one sandbox wrote at one time.
public struct LogBatch: Sendable, Equatable {
  /// The sandbox.
  public var sandboxID: String
  /// Who wrote them.
  public var source: LogSource
  /// Nanoseconds since 1970; no other batch has the same.
  public var time: Int64
  /// Lines with their ends, groups of them, or pieces of long lines; what is no UTF-8 is replaced.
  public var entries: [String]
}

/// How many entries there are in a span of time.
public struct LogCount: Sendable, Equatable {
  /// Nanoseconds since 1970 at which the span begins.
  public var start: Int64
  /// So many of each source.
  public var entries: [LogSource: Int]
}
