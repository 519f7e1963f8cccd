import Errors
import SystemPackage

/// The standard input of a tool: a file without a name.
///
/// A pipe would have to be written to while the tool runs, and swift-subprocess ends the whole
/// process where that is cancelled in the middle: its end of the pipe is then never closed, which it
/// takes for a mistake of the programmer's.
struct ToolInput {
  /// `O_TMPFILE` of Linux's `asm-generic/fcntl.h`, which is no constant for Swift.
  private static let nameless = FileDescriptor.OpenOptions(rawValue: 0o20_200_000)

  /// The file, at its beginning.
  let descriptor: FileDescriptor

  /// Makes the file; throws `SandlotError` where the host has no room for it.
  init(_ text: String) throws {
    do {
      guard !text.isEmpty else {
        descriptor = try FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec)
        return
      }
      descriptor = try FileDescriptor.open(
        "/tmp", .readWrite, options: [.closeOnExec, Self.nameless], permissions: .ownerReadWrite)
    } catch let cause as Errno {
      throw HostFiles.failure("make a file in", "/tmp", cause)
    }
    do {
      try descriptor.writeAll(text.utf8)
      try descriptor.seek(offset: 0, from: .start)
    } catch let cause as Errno {
      close()
      throw HostFiles.failure("write to a file in", "/tmp", cause)
    }
  }

  func close() { try? descriptor.close() }
}
