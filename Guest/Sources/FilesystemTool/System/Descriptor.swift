import Glibc

/// A file descriptor that is closed when its owner goes.
package struct Descriptor: ~Copyable {
  /// The number to hand to system calls.
  package let number: Int32

  /// Takes over an open descriptor.
  package init(adopting number: Int32) {
    self.number = number
  }

  /// Opens `path`, relative to `directory`. It is not inherited by other programs and never
  /// becomes the controlling terminal.
  package init(
    opening path: [UInt8], in directory: Int32 = AT_FDCWD, _ flags: Int32, mode: mode_t = 0
  ) throws(FilesystemError) {
    number = try SystemCall.perform("open(\(SystemCall.describe(path)))") {
      SystemCall.withPath(path) { openat(directory, $0, flags | O_CLOEXEC | O_NOCTTY, mode) }
    }
  }

  /// The status of the open file.
  package func status() throws(FilesystemError) -> stat {
    var status = stat()
    try SystemCall.perform("fstat") { fstat(number, &status) }
    return status
  }

  /// Closes it and throws what the file system reports only now, such as a full disk.
  package consuming func close() throws(FilesystemError) {
    let number = self.number
    discard self
    // After EINTR the descriptor is closed on Linux: no second try.
    if Glibc.close(number) != 0, errno != EINTR {
      throw FilesystemError(code: errno, during: "close")
    }
  }

  deinit {
    _ = Glibc.close(number)
  }
}
