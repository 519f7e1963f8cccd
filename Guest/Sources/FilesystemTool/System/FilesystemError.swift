import Glibc
import JSON

/// What kind of failure it was, in the SDK's words; the SDK chooses its exception by it.
package enum ErrorKind: String {
  case notFound = "NotFound"
  case notDirectory = "NotDirectory"
  case isDirectory = "IsDirectory"
  case directoryNotEmpty = "DirectoryNotEmpty"
  case pathAlreadyExists = "PathAlreadyExists"
  case permissionDenied = "PermissionDenied"
  case fileTooLarge = "FileTooLarge"
  case notSupported = "NotSupported"
  case invalidArgument = "InvalidArgument"
  /// Any other failure of the system.
  case io = "Io"

  /// The kind of a system call's error number.
  init(code: Int32) {
    self =
      switch code {
      case ENOENT: .notFound
      case ENOTDIR: .notDirectory
      case EISDIR: .isDirectory
      case ENOTEMPTY: .directoryNotEmpty
      case EEXIST: .pathAlreadyExists
      case EACCES, EPERM, EROFS: .permissionDenied
      case EOPNOTSUPP, ENOSYS: .notSupported
      default: .io
      }
  }
}

/// A failed operation, as it is reported to the SDK.
package struct FilesystemError: Error {
  /// Chooses the SDK's exception.
  package let kind: ErrorKind
  /// For the user: the SDK shows it.
  package let message: String
  /// For the log: which call failed, on what.
  package let detail: String?
  /// The error number of the system call that failed; 0 if none did.
  package let code: Int32

  /// A failure that no system call told.
  init(_ kind: ErrorKind, _ message: String, detail: String? = nil, code: Int32 = 0) {
    self.kind = kind
    self.message = message
    self.detail = detail
    self.code = code
  }

  /// A failure of a system call.
  init(code: Int32, during call: String) {
    let text = strerror(code).map { String(cString: $0) } ?? "Error \(code)"
    self.init(
      ErrorKind(code: code), text, detail: "\(call): \(text) (error \(code))", code: code)
  }

  /// The same failure with the path in its message.
  ///
  /// For the kinds that an operation documents, the SDK itself adds the path.
  func naming(_ path: AbsolutePath, unlessIn completed: Set<ErrorKind>) -> FilesystemError {
    if completed.contains(kind) { return self }
    return FilesystemError(kind, "\(message): \(path)", detail: detail, code: code)
  }

  /// The JSON object for standard error.
  var report: [UInt8] {
    var members: [JSONValue.Member] = [
      .init("version", .integer(1)),
      .init("error_kind", .string(kind.rawValue)),
      .init("message", .string(message)),
    ]
    if let detail { members.append(.init("detail", .string(detail))) }
    return JSONValue.object(members).serialized + [UInt8(ascii: "\n")]
  }
}
