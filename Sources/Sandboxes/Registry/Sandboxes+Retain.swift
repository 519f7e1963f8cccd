import Foundation

/// Finished sandboxes keep their entrypoint's output for a while: reading it after the end is
/// normal use.
extension Sandboxes {
  /// Keeps a finished sandbox until its time has come, or too many others have finished since.
  func retain(_ sandbox: Sandbox) {
    let limits = context.limits
    let clock = context.clock
    let expiry = Task {
      guard (try? await clock.sleep(for: limits.outputRetention)) != nil else { return }
      forget(sandbox.id)
    }
    retained.append(RetainedSandbox(sandbox: sandbox, expiry: expiry))
    while retained.count > limits.retainedSandboxes, let oldest = retained.first {
      oldest.expiry.cancel()
      forget(oldest.sandbox.id)
    }
  }

  /// Keeps nothing any more.
  func forgetAll() {
    while let oldest = retained.first {
      oldest.expiry.cancel()
      forget(oldest.sandbox.id)
    }
  }

  private func forget(_ sandboxID: String) {
    guard let index = retained.firstIndex(where: { $0.sandbox.id == sandboxID }) else { return }
    let sandbox = retained.remove(at: index).sandbox
    tasks[sandbox.taskID] = nil
    try? FileManager.default.removeItem(atPath: sandbox.directory.string)
  }
}
