import Foundation
import Images
import ModalProtocol

/// Which entries of a build's log a request wants.
struct BuildLogWindow: Sendable {
  /// Output that comes as fast as this is one entry, up to `longest` bytes: the SDK gives up on more
  /// entries than it can fetch at once.
  private static let together: TimeInterval = 0.1
  private static let longest = 1 << 16

  var since = Date.distantPast
  var until = Date.distantFuture
  private let stream: BuildLog.Stream?
  private let search: String

  init(_ source: Modal_Client_FileDescriptor, search: String) {
    stream =
      switch source {
      case .stdout: .standardOutput
      case .stderr: .standardError
      case .info: .info
      case .unspecified, .UNRECOGNIZED: nil
      }
    self.search = search
  }

  /// The entries that are wanted, those that belong together as one.
  func select(_ logs: [BuildLog]) -> [BuildLog] {
    var found: [BuildLog] = []
    for log in logs where log.time >= since && log.time < until {
      guard stream == nil || log.stream == stream,
        search.isEmpty || log.text.contains(search)
      else { continue }
      if let last = found.last, last.stream == log.stream,
        log.time.timeIntervalSince(last.time) < Self.together,
        last.text.utf8.count + log.text.utf8.count <= Self.longest
      {
        found[found.count - 1].text += log.text
      } else {
        found.append(log)
      }
    }
    return found
  }
}

extension Modal_Client_TaskLogs {
  /// An entry of a build's log.
  init(_ log: BuildLog) {
    self.init()
    data = log.text
    timestamp = log.time.timeIntervalSince1970
    timestampNs = UInt64(max(0, log.time.timeIntervalSince1970) * 1e9)
    fileDescriptor =
      switch log.stream {
      case .standardOutput: .stdout
      case .standardError: .stderr
      case .info: .info
      }
  }
}
