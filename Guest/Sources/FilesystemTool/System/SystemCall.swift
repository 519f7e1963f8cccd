import Glibc

/// Calls into the kernel whose errors are thrown.
package enum SystemCall {
  /// Makes a call, again when a signal interrupted it, and throws its error number.
  ///
  /// - Parameter name: the call with what it works on, for the error's detail.
  @discardableResult
  package static func perform<Result: FixedWidthInteger & SignedInteger>(
    _ name: @autoclosure () -> String, _ call: () -> Result
  ) throws(FilesystemError) -> Result {
    while true {
      let result = call()
      if result >= 0 { return result }
      let code = errno
      guard code == EINTR else { throw FilesystemError(code: code, during: name()) }
    }
  }

  /// The status of the file at `path` under `directory`; of a symbolic link itself unless it is
  /// to be followed.
  package static func status(
    of path: [UInt8], in directory: Int32 = AT_FDCWD, followingLink: Bool
  ) throws(FilesystemError) -> stat {
    var status = stat()
    let flags = followingLink ? 0 : AT_SYMLINK_NOFOLLOW
    try perform("fstatat(\(describe(path)))") {
      withPath(path) { fstatat(directory, $0, &status, flags) }
    }
    return status
  }

  /// Hands the bytes as a C string to `body`.
  package static func withPath<Result>(
    _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result
  ) -> Result {
    let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
    return terminated.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return body("") }
      return body(start)
    }
  }

  /// The bytes of a path as text, shortened when it is very long.
  package static func describe(_ path: [UInt8]) -> String {
    let limit = 512
    let text = String(decoding: path.prefix(limit), as: UTF8.self)
    return path.count > limit ? text + "…" : text
  }
}

extension stat {
  /// The bits of `st_mode` that tell the type.
  var type: mode_t { st_mode & S_IFMT }
  var isDirectory: Bool { type == S_IFDIR }
  var isRegularFile: Bool { type == S_IFREG }
}
