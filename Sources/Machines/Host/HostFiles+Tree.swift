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
}
