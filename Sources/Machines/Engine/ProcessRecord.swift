import Glibc
import SystemPackage

/// Names a process beyond the life of the server: a process id alone may have been given to another
/// process since.
struct ProcessRecord: Sendable, Equatable {
  let pid: pid_t
  /// When it started, in clock ticks since the host booted; nil where it had ended already.
  let startTime: String?

  /// The process that has this id now.
  init(pid: pid_t) {
    self.pid = pid
    startTime = ProcessStatistics(pid: pid)?.startTime
  }

  /// Reads what `write(to:)` wrote; nil where there is nothing of the kind.
  init?(at path: FilePath) {
    let words = (try? HostFiles.text(at: path))?.split(whereSeparator: \.isWhitespace) ?? []
    guard words.count == 2, let pid = pid_t(words[0]), pid > 1 else { return nil }
    self.pid = pid
    startTime = String(words[1])
  }

  func write(to path: FilePath) throws {
    try HostFiles.write("\(pid) \(startTime ?? "0")\n", to: path)
  }

  /// Whether it runs and has `argument` among its arguments.
  func runs(with argument: String) -> Bool {
    guard isAlive, let line = try? HostFiles.bytes(at: FilePath("/proc/\(pid)/cmdline")) else {
      return false
    }
    return line.split(separator: 0).contains { $0.elementsEqual(argument.utf8) }
  }

  /// Whether it still runs; one that nobody has reaped does not.
  var isAlive: Bool {
    guard let process = ProcessStatistics(pid: pid) else { return false }
    return process.startTime == startTime && process.state != "Z"
  }
}
