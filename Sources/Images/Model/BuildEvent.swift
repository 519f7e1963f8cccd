import Foundation

/// What happens in a build, numbered so that a reader can go on where it left off.
public enum BuildEvent: Sendable, Equatable {
  /// Some output.
  case log(entry: Int, BuildLog)
  /// The end; nothing follows.
  case finished(entry: Int, ImageState)
}

/// A piece of a build's output.
public struct BuildLog: Sendable, Codable, Equatable {
  /// The text, with its line ends; not necessarily a whole line.
  public var text: String
  /// Who wrote it.
  public var stream: Stream
  /// When it came.
  public var time: Date

  /// Who wrote a piece of output.
  public enum Stream: String, Sendable, Codable {
    /// A step's standard output.
    case standardOutput
    /// A step's standard error.
    case standardError
    /// The builder.
    case info
  }
}
