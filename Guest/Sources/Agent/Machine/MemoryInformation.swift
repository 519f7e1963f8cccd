import CLinux
import Glibc
import GuestProtocol

/// The kernel's account of the machine's memory: proc(5)'s meminfo.
package enum MemoryInformation {
  /// Reads it from a directory of a proc file system that no process can unmount.
  static func read(_ proc: Descriptor) throws(GuestFailure) -> (total: UInt64, available: UInt64) {
    let file = Descriptor(
      owning: try attempt("open meminfo") { openat(proc.number, "meminfo", O_RDONLY | O_CLOEXEC) })
    var buffer = [UInt8](repeating: 0, count: 8192)
    let count = try attempt("read meminfo") {
      Glibc.read(file.number, &buffer, buffer.count)
    }
    guard let memory = parse(String(decoding: buffer.prefix(Int(count)), as: UTF8.self)) else {
      throw GuestFailure(.system, "meminfo does not say how much memory there is")
    }
    return memory
  }

  /// MemTotal and MemAvailable of a text such as `MemTotal:  1009216 kB`, in bytes.
  package static func parse(_ text: String) -> (total: UInt64, available: UInt64)? {
    var values: [Substring: UInt64] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == ":" || $0 == " " })
      guard words.count == 3, words[2] == "kB", let kibibytes = UInt64(words[1]) else { continue }
      values[words[0]] = kibibytes << 10
    }
    guard let total = values["MemTotal"], let available = values["MemAvailable"] else { return nil }
    return (total, available)
  }
}
