import Errors
import SystemPackage

/// An open file, closed when nobody holds it any more.
final class SpoolFile: Sendable {
  let descriptor: FileDescriptor

  init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  deinit {
    try? descriptor.close()
  }
}

extension Spool {
  /// How much may be written between two looks at the free space.
  private static let spaceCheckInterval: Int64 = 1 << 20

  /// Whether the disk has room. Looked at once for each MiB, since it costs a system call.
  func hasSpace() -> Bool {
    let (length, isDue) = state.withLock { ($0.length, $0.length >= $0.nextSpaceCheck) }
    guard isDue, let free = options.freeSpace(path.removingLastComponent()) else { return true }
    guard free >= options.freeSpaceFloor else { return false }
    state.withLock { $0.nextSpaceCheck = length + Self.spaceCheckInterval }
    return true
  }

  /// Writes what the file takes and makes it visible to readers; 0 where the disk is full.
  func write(_ bytes: ArraySlice<UInt8>) throws(SandlotError) -> Int {
    do {
      let file = try writer()
      let length = length
      let written = try bytes.withUnsafeBytes {
        try file.descriptor.writeAll(toAbsoluteOffset: length, $0)
      }
      publish(length + Int64(written))
      return written
    } catch let error as Errno where error == .noSpace || error == .diskQuotaExceeded {
      return 0
    } catch {
      throw SandlotError(.internal, "Output cannot be kept in \(path): \(error).")
    }
  }

  /// How much more than must be kept there may be before the rest is given back.
  private static let slack: Int64 = 4 << 20

  /// Gives the oldest bytes back to the disk where there are more than are kept.
  func dropOldest() {
    guard let kept = options.keptBytes else { return }
    // Readers are told first, so that none takes a hole for bytes.
    let hole = state.withLock { state -> (file: SpoolFile, from: Int64, to: Int64)? in
      guard state.length - state.first > kept + Self.slack, !state.keepsAll,
        let file = state.writer
      else { return nil }
      let start = state.first
      state.first = FileHole.aligned(state.length - kept)
      return (file, start, state.first)
    }
    guard let hole else { return }
    do {
      try FileHole.punch(hole.file.descriptor, from: hole.from, to: hole.to)
    } catch {
      state.withLock { $0.keepsAll = true }
      logger.warning(
        "old output cannot be given back to the disk",
        metadata: ["file": "\(path)", "error": "\(error)"])
    }
  }

  /// The file, made at the first call.
  private func writer() throws -> SpoolFile {
    if let writer = state.withLock({ $0.writer }) { return writer }
    let file = SpoolFile(
      try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: .ownerReadWrite))
    state.withLock { $0.writer = file }
    return file
  }

  /// Opens the file once more, for one reader; nil while there is nothing to read.
  func openForReading() throws(SandlotError) -> SpoolFile {
    do {
      return SpoolFile(
        try FileDescriptor.open(path, .readOnly, options: .closeOnExec))
    } catch {
      throw SandlotError(.notFound, "Output in \(path) is gone: \(error).")
    }
  }
}

extension FileDescriptor {
  /// Writes bytes at an offset; fewer than all only where an error follows after some.
  func writeAll(
    toAbsoluteOffset offset: Int64, _ bytes: UnsafeRawBufferPointer
  ) throws -> Int {
    var written = 0
    while written < bytes.count {
      do {
        written += try write(
          toAbsoluteOffset: offset + Int64(written),
          UnsafeRawBufferPointer(rebasing: bytes[written...]))
      } catch {
        guard written > 0 else { throw error }
        return written
      }
    }
    return written
  }
}
