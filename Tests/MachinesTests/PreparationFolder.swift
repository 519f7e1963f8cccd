import Foundation
import SystemPackage
import Testing

/// A directory of a test's own, removed when the test is done with it.
struct PreparationFolder: ~Copyable {
  let path: FilePath

  init() throws {
    var template = Array("/tmp/machines-tests-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    path = FilePath(try #require(made))
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path.string)
  }

  /// Writes a file, making the directories that lead to it.
  @discardableResult
  func write(_ content: [UInt8], to name: String, mode: mode_t = 0o644) throws -> FilePath {
    let file = path.appending(name)
    var directory = path
    for component in FilePath(name).removingLastComponent().components {
      directory.append(component)
      mkdir(directory.string, 0o755)
    }
    let descriptor = try FileDescriptor.open(
      file, .writeOnly, options: [.create, .truncate], permissions: FilePermissions(rawValue: mode))
    try descriptor.closeAfter { _ = try descriptor.writeAll(content) }
    return file
  }

  @discardableResult
  func write(_ text: String, to name: String, mode: mode_t = 0o644) throws -> FilePath {
    try write(Array(text.utf8), to: name, mode: mode)
  }

  /// The names directly in the directory, hidden ones included.
  func names(in name: String = "") throws -> [String] {
    let stream = try #require(opendir(path.appending(name).string))
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }
}

/// The whole file.
func content(of path: FilePath) throws -> [UInt8] {
  let descriptor = try FileDescriptor.open(path, .readOnly)
  return try descriptor.closeAfter {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = try buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }),
      count > 0
    {
      result.append(contentsOf: buffer[..<count])
    }
    return result
  }
}
