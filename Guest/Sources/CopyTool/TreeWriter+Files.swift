import FilesystemTool
import Glibc

extension TreeWriter {
  /// Makes a file by `make`, in place of one that is there.
  func replacing(
    _ name: [UInt8], in target: Int32, _ place: Place, make: () -> Int32
  ) throws(CopyFailure) -> Int32 {
    let first = make()
    if first >= 0 { return first }
    guard errno == EEXIST else { throw CopyFailure(errno, place.path) }
    guard SystemCall.withPath(name, { unlinkat(target, $0, 0) }) == 0 else {
      guard errno == EISDIR else { throw CopyFailure(errno, place.path) }
      throw CopyFailure(
        "\(SystemCall.describe(place.path)) is a directory, but a file is to be copied there")
    }
    return try call(place.path) { make() }
  }

  func copyLink(
    _ name: [UInt8], _ status: stat, of source: Int32, to target: Int32, _ place: Place
  ) throws(CopyFailure) {
    var text = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = try call(place.path) {
      SystemCall.withPath(name) { readlinkat(source, $0, &text, text.count - 1) }
    }
    text[count] = 0
    _ = try replacing(name, in: target, place) {
      SystemCall.withPath(name) { symlinkat(text, target, $0) }
    }
    try attributes.apply(status, to: name, in: target, at: place.path)
  }

  /// Makes a device, a pipe or a socket.
  func makeSpecialFile(
    _ status: stat, _ name: [UInt8], in target: Int32, _ place: Place
  ) throws(CopyFailure) {
    _ = try replacing(name, in: target, place) {
      SystemCall.withPath(name) {
        mknodat(target, $0, (status.st_mode & S_IFMT) | 0o600, status.st_rdev)
      }
    }
    try attributes.apply(status, to: name, in: target, at: place.path)
  }
}
