import Errors
import Foundation
import SystemPackage

/// The claim of one server on its data directory; the kernel drops it when the process ends,
/// however it ends.
public final class DirectoryLock: Sendable {
  private let descriptor: FileDescriptor

  /// Takes the lock.
  ///
  /// Throws `failedPrecondition` where another server holds it.
  public init(_ directory: DataDirectory) throws {
    descriptor = try FileDescriptor.open(
      directory.lock, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
    // From here on the object exists: where this throws, `deinit` closes the descriptor.
    guard Self.take(descriptor) else {
      let holder = ServerState.read(directory).map { " (process \($0.processID))" } ?? ""
      throw SandlotError(
        .failedPrecondition,
        "Another server\(holder) uses the data directory \(directory.root).",
        hint: "End it with 'sandlot down', or choose another directory with --data-directory.")
    }
  }

  /// Tries for a tenth of a second: `isHeld` has the lock for an instant itself, and whoever starts
  /// a server in the background asks it again and again.
  private static func take(_ descriptor: FileDescriptor) -> Bool {
    for _ in 0..<10 {
      if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 { return true }
      usleep(10_000)
    }
    return false
  }

  /// Whether a server holds the lock now.
  public static func isHeld(_ directory: DataDirectory) -> Bool {
    guard
      let descriptor = try? FileDescriptor.open(
        directory.lock, .readWrite, options: [.closeOnExec])
    else { return false }
    defer { try? descriptor.close() }
    return flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0
  }

  deinit {
    // Closing an owned descriptor drops the lock; there is nothing to do about a failure.
    try? descriptor.close()
  }
}
