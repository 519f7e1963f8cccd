import Glibc
import Synchronization
import SystemPackage

/// A log file of bounded size: the first 256 KiB as they come and, when it is closed, the last
/// 256 KiB; so that no guest can fill the host's disk by talking.
package final class BoundedLog: Sendable {
  /// The size of either part in bytes.
  package static let partSize = 256 << 10

  private struct State {
    var file: FileDescriptor?
    var total = 0
    var tail: [UInt8] = []
  }

  private let state: Mutex<State>

  /// A log in a new file.
  package init(path: FilePath) throws {
    do {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite])
      state = Mutex(State(file: file))
    } catch let cause as Errno {
      throw HostFiles.failure("write", path, cause)
    }
  }

  deinit { close() }

  /// Takes what came next.
  package func append(_ bytes: UnsafeRawBufferPointer) {
    state.withLock { state in
      let head = bytes.prefix(max(0, Self.partSize - state.total))
      if !head.isEmpty, let file = state.file {
        // A log that cannot be written must not stop what it is the log of.
        _ = try? file.writeAll(head)
      }
      state.total += bytes.count
      state.tail.append(contentsOf: bytes)
      // Cutting at twice the size keeps the cost of a long stream linear.
      if state.tail.count > 2 * Self.partSize {
        state.tail.removeFirst(state.tail.count - Self.partSize)
      }
    }
  }

  /// The last lines that are not empty, oldest first, without control characters.
  package func lastLines(_ count: Int) -> [String] {
    let text = state.withLock { String(decoding: $0.tail.suffix(16 << 10), as: UTF8.self) }
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      String(String.UnicodeScalarView(line.unicodeScalars.filter { !Self.isControl($0) }))
    }
    return Array(lines.filter { !$0.allSatisfy(\.isWhitespace) }.suffix(count))
  }

  /// Whether a terminal that shows it might do something: the C0 and C1 sets and DEL.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
  }

  /// Completes the file with the last part. Idempotent.
  package func close() {
    state.withLock { state in
      guard let file = state.file else { return }
      state.file = nil
      let missing = max(0, state.total - Self.partSize)
      let tail = state.tail.suffix(min(missing, Self.partSize))
      if missing > tail.count {
        _ = try? file.writeAll("\n[\(missing - tail.count) bytes left out]\n".utf8)
      }
      _ = try? file.writeAll(tail)
      try? file.close()
    }
  }
}
