import Foundation
import SystemPackage

extension HostFiles {
  /// Removes a directory with all it holds, without entering other file systems; one that does not
  /// exist is fine.
  package static func removeTree(_ path: FilePath) async throws {
    guard exists(path) else { return }
    // A task of its own, because cleaning up must go on when the caller was cancelled.
    try await Task {
      _ = try await Tool.remove.run(["-rf", "--one-file-system", "--", path.string])
    }.value
  }

  /// Runs `body` with a new directory, which is removed afterwards, however `body` ends.
  ///
  /// - Parameter prefix: What its name begins with.
  package static func withDirectory<Value: Sendable>(
    in parent: FilePath, prefix: String = "", isolation: isolated (any Actor)? = #isolation,
    _ body: (FilePath) async throws -> Value
  ) async throws -> Value {
    let directory = parent.appending(prefix + UUID().uuidString)
    try makeDirectory(directory)
    do {
      let value = try await body(directory)
      try await removeTree(directory)
      return value
    } catch {
      try? await removeTree(directory)
      throw error
    }
  }
}
