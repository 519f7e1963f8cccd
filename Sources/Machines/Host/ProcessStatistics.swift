import Glibc
import SystemPackage

/// What the kernel tells of a process: proc(5)'s `stat`.
struct ProcessStatistics: Sendable {
  /// One letter, `Z` for a process that nobody has reaped.
  let state: String
  /// When it started, in clock ticks since the host booted: with the process id it names a process.
  let startTime: String
  /// User and system time of all its threads, in seconds; exact to a clock tick.
  let processorSeconds: Double

  private static let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))

  /// Asks the kernel; nil where there is no such process.
  init?(pid: pid_t) {
    guard let text = try? HostFiles.text(at: FilePath("/proc/\(pid)/stat")),
      // The name before may hold blanks and parentheses; the third field follows it.
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return nil
    }
    state = String(fields[0])
    startTime = String(fields[19])
    processorSeconds = (user + system) / Self.ticksPerSecond
  }

  /// The memory that only this process holds (anonymous pages), in bytes; nil where it has ended.
  static func privateMemory(of pid: pid_t) -> Int64? {
    guard let text = try? HostFiles.text(at: FilePath("/proc/\(pid)/status")),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({
        Int64($0)
      })
    else { return nil }
    return kibibytes << 10
  }
}
