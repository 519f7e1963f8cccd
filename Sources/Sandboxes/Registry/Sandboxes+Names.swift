import Errors

extension Sandboxes {
  /// Names a running sandbox that has no name; its own name again changes nothing.
  ///
  /// Throws `SandlotError`: `notFound`, `invalidArgument` for what cannot be a name,
  /// `failedPrecondition` where it has another name or has ended, `alreadyExists` where a running
  /// sandbox of its app has the name.
  public func setName(_ name: String, of sandboxID: String) async throws {
    try SandboxSpecification.validate(name: name)
    guard let sandbox = running[sandboxID] else {
      let info = try await info(sandboxID)
      throw SandlotError(
        .failedPrecondition, "Sandbox \(info.id) has ended and cannot be named any more.")
    }
    guard try names.give(name, appID: sandbox.specification.appID, to: sandboxID) else { return }
    do {
      try await store.setSandboxName(name, id: sandboxID)
    } catch {
      names.release(sandboxID)
      throw error
    }
  }
}
