import CLinux
import Glibc

/// The entries of an open directory, without `.` and `..`, in the file system's order.
package struct DirectoryStream: ~Copyable {
  /// One name in a directory.
  package struct Entry {
    package let name: [UInt8]
    /// Whether it is a directory itself; a symbolic link to one is not.
    package let isDirectory: Bool
  }

  private let stream: OpaquePointer

  /// Reads the directory at `path`.
  ///
  /// - Parameter flags: `O_NOFOLLOW` to refuse a symbolic link.
  package init(opening path: [UInt8], in directory: Int32 = AT_FDCWD, _ flags: Int32 = 0)
    throws(FilesystemError)
  {
    let descriptor = try Descriptor(
      opening: path, in: directory, O_RDONLY | O_DIRECTORY | flags)
    // `fdopendir` takes over the number it is given: it gets one of its own.
    let own = try SystemCall.perform("fcntl") { fcntl(descriptor.number, F_DUPFD_CLOEXEC, 0) }
    guard let stream = fdopendir(own) else {
      let code = errno
      _ = close(own)
      throw FilesystemError(code: code, during: "fdopendir")
    }
    self.stream = stream
  }

  /// The directory's descriptor, which stays this stream's.
  package var descriptor: Int32 { dirfd(stream) }

  /// The next entry; nil at the end.
  package mutating func next() throws(FilesystemError) -> Entry? {
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw FilesystemError(code: errno, during: "readdir") }
        return nil
      }
      let name = Self.name(of: entry)
      if name == [UInt8(ascii: ".")] || name == Array("..".utf8) { continue }
      return Entry(name: name, isDirectory: isDirectory(entry.pointee.d_type, name))
    }
  }

  private static func name(of entry: UnsafePointer<dirent>) -> [UInt8] {
    guard let name = clinux_entry_name(entry) else { return [] }
    return UnsafeRawBufferPointer(start: name, count: strlen(name)).map { $0 }
  }

  /// Not every file system tells the type together with the name.
  private func isDirectory(_ type: UInt8, _ name: [UInt8]) -> Bool {
    if type != DT_UNKNOWN { return type == DT_DIR }
    let status = try? SystemCall.status(of: name, in: descriptor, followingLink: false)
    return status?.isDirectory ?? false
  }

  deinit {
    closedir(stream)
  }
}
