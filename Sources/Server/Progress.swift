import Foundation

/// The lines by which a person follows what a server does before it serves.
struct Progress: Sendable {
  /// One line: the part in a column of its own, then what is happening with it.
  func report(_ part: String, _ detail: String) {
    print(part.padding(toLength: 14, withPad: " ", startingAt: 0) + detail)
    // A pipe or a log file gets whole blocks otherwise, and nobody sees progress in time.
    fflush(nil)
  }
}
