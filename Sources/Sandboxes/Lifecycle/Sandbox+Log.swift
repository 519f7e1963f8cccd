import Foundation
import Machines

/// What a sandbox's log says of it, beside what its entrypoint writes.
extension Sandbox {
  /// That it was created, and with what.
  nonisolated func sayCreated() {
    let asked = specification.milliCPU
    let cores = Double(asked == 0 ? context.limits.defaultMilliCPU : asked) / 1000
    log.say(
      "Sandbox \(id) was created: image \(specification.imageID), CPU \(cores), "
        + "\(resources.memoryMiB) MiB of memory.")
  }

  /// That it runs, and how it came to.
  func sayStarted() {
    let trace = recorder.trace
    let seconds = String(format: "%.2f", trace.seconds)
    let path = trace.path.map { ", by \($0.words)" } ?? ""
    log.say("Sandbox \(id) runs after \(seconds) s\(path).")
  }
}

extension SandboxResult {
  /// The last line of a sandbox's log.
  func farewell(_ sandboxID: String) -> String {
    let reason = message.isEmpty ? "" : " \(message)"
    return "Sandbox \(sandboxID) has ended: \(status.words), code \(exitCode).\(reason)"
  }
}

extension LaunchTrace.Path {
  fileprivate var words: String {
    switch self {
    case .coldBoot: "a cold boot"
    case .restore: "a restore"
    case .warmPool: "the warm pool"
    }
  }
}
