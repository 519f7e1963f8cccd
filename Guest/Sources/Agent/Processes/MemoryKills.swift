import Glibc
import GuestProtocol

/// The processes that the kernel has killed because memory was used up, from its log.
///
/// Nothing else tells: to whoever waits for such a process it has died of SIGKILL, as if somebody had
/// sent it. The log is read only where it matters, since a busy kernel writes much to it.
package final class MemoryKills {
  /// One kill, by the process's id and name.
  private struct Kill {
    let pid: pid_t
    let name: String
  }

  /// How many kills are remembered.
  private static let memory = 64
  /// Records that are read at once; a log that grows faster than it is read must have an end.
  private static let readLimit = 8192

  private let log: Int32
  private var kills: [Kill] = []
  /// Kills that were forgotten.
  private var dropped = 0
  /// One record of /dev/kmsg has at most 8 KiB; a shorter buffer is refused.
  private var buffer = [UInt8](repeating: 0, count: 8192)

  /// - Parameter log: a descriptor of the kernel's log that does not wait, or -1.
  package init(log: Int32) { self.log = log }

  /// How many kills there have been: what happens from now on is after this mark.
  package func mark() -> Int {
    update()
    return dropped + kills.count
  }

  /// The name of the process whose kill was the end of a process that began at `mark`: its own, or,
  /// where it passed on the end of another as shells do, that of the last one; nil for any other end.
  package func victim(of pid: pid_t, _ status: ExitStatus, since mark: Int) -> String? {
    switch status {
    case .signal(SIGKILL):
      update()
      return recent(mark).last { $0.pid == pid }?.name
    case .code(128 + SIGKILL):
      update()
      return recent(mark).last?.name
    case .code, .signal, .outOfMemory: return nil
    }
  }

  private func recent(_ mark: Int) -> ArraySlice<Kill> { kills.dropFirst(max(0, mark - dropped)) }

  private func update() {
    for _ in 0..<Self.readLimit {
      let count = retried { read(log, &buffer, buffer.count) }
      // EPIPE: records were overwritten before they were read; the next ones are there.
      if count < 0, errno == EPIPE { continue }
      guard count > 0 else { return }
      take(buffer.prefix(count))
    }
  }

  private func take(_ record: ArraySlice<UInt8>) {
    for line in record.split(separator: UInt8(ascii: "\n")) {
      guard let kill = Self.parse(line) else { continue }
      // The kernel tells twice of each, but for the details that it leaves out when there are many.
      if kills.last?.pid == kill.pid { continue }
      kills.append(kill)
      guard kills.count > Self.memory else { continue }
      kills.removeFirst()
      dropped += 1
    }
  }

  /// Reads `oom-kill:…,task=NAME,pid=N,uid=N`, told before a kill, and `…: Killed process N (NAME)
  /// total-vm:…`, told after it, which may be when the process is gone already.
  private static func parse(_ line: ArraySlice<UInt8>) -> Kill? {
    if let task = line.after("oom-kill:")?.after(",task=") {
      return kill(pid: task.after(",pid="), name: task.before(",pid="))
    }
    let process = line.after(": Killed process ")
    return kill(pid: process, name: process?.after("(")?.before(") total-vm:"))
  }

  private static func kill(pid: ArraySlice<UInt8>?, name: ArraySlice<UInt8>?) -> Kill? {
    guard let pid, let name else { return nil }
    let digits = pid.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    return pid_t(String(decoding: digits, as: UTF8.self)).map {
      Kill(pid: $0, name: String(decoding: name, as: UTF8.self))
    }
  }
}

extension ArraySlice<UInt8> {
  /// What follows the first occurrence of a text.
  fileprivate func after(_ text: String) -> Self? {
    position(of: text).map { self[($0 + text.utf8.count)...] }
  }

  /// What comes before the first occurrence of a text.
  fileprivate func before(_ text: String) -> Self? { position(of: text).map { self[..<$0] } }

  private func position(of text: String) -> Int? {
    indices.first { self[$0...].starts(with: text.utf8) }
  }
}
