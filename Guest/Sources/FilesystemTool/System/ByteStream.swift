import CLinux
import Glibc

/// Moving bytes between descriptors, blocking or not.
enum ByteStream {
  /// What to do when a source that does not block has nothing now.
  enum WhenEmpty {
    case wait
    case stop
  }

  /// The size of one read: large enough that the calls themselves cost nothing, even in an
  /// emulated machine. It is also the most that an unprivileged process may ask of a pipe.
  private static let chunk = 1 << 20
  /// From here on a stream is long enough for larger pipe buffers to be worth a call.
  private static let longStream = 64 << 10

  /// Copies until the source ends.
  ///
  /// - Parameter limit: at most so many bytes; a longer source is a `fileTooLarge` error.
  static func copy(
    from source: Int32, to sink: Int32, limit: Int = .max, whenEmpty: WhenEmpty = .wait
  ) throws(FilesystemError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 4096)
    defer { buffer.deallocate() }
    var total = 0
    var widened = false
    while true {
      let count = try read(from: source, into: buffer, whenEmpty: whenEmpty)
      if count == 0 { return }
      total += count
      guard total <= limit else { throw .fileTooLarge(limit: limit) }
      if !widened, total >= longStream {
        widened = true
        _ = clinux_set_pipe_size(source, Int32(chunk))
        _ = clinux_set_pipe_size(sink, Int32(chunk))
      }
      try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: sink)
    }
  }

  /// Reads what is there, at least one byte; 0 at the end.
  static func read(
    from source: Int32, into buffer: UnsafeMutableRawBufferPointer, whenEmpty: WhenEmpty = .wait
  ) throws(FilesystemError) -> Int {
    while true {
      do throws(FilesystemError) {
        return try SystemCall.perform("read") {
          Glibc.read(source, buffer.baseAddress, buffer.count)
        }
      } catch {
        guard error.code == EAGAIN else { throw error }
        if whenEmpty == .stop { return 0 }
        try wait(for: source, POLLIN)
      }
    }
  }

  /// Writes everything.
  static func write(
    _ bytes: UnsafeRawBufferPointer, to sink: Int32
  ) throws(FilesystemError) {
    var rest = bytes
    while !rest.isEmpty {
      do throws(FilesystemError) {
        let count = try SystemCall.perform("write") {
          Glibc.write(sink, rest.baseAddress, rest.count)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } catch {
        guard error.code == EAGAIN else { throw error }
        try wait(for: sink, POLLOUT)
      }
    }
  }

  /// Writes everything.
  static func write(_ bytes: [UInt8], to sink: Int32) throws(FilesystemError) {
    var failure: FilesystemError?
    bytes.withUnsafeBytes { buffer in
      do throws(FilesystemError) { try write(buffer, to: sink) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private static func wait(for descriptor: Int32, _ events: Int32) throws(FilesystemError) {
    var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    try SystemCall.perform("poll") { poll(&request, 1, -1) }
  }
}

extension FilesystemError {
  /// A file of more than `limit` bytes.
  static func fileTooLarge(limit: Int) -> FilesystemError {
    FilesystemError(.fileTooLarge, "The file is larger than the limit of \(limit >> 30) GiB")
  }
}
