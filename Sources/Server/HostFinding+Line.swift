import Errors
import Foundation
import Machines

extension HostFinding {
  /// A failed check from the error that it met.
  init(_ subject: String, failure error: any Error) {
    let error = error as? SandlotError
    self.init(
      subject, .failure, error?.message ?? "failed in an unexpected way", remedy: error?.hint)
  }

  /// Whether the main job cannot run because of it.
  public var isFailure: Bool { severity == .failure }

  /// The finding as the doctor prints it.
  public var line: String {
    let word =
      switch severity {
      case .ok: "ok"
      case .warning: "warning"
      case .failure: "FAILED"
      }
    let name = subject.padding(toLength: 20, withPad: " ", startingAt: 0)
    let text = word.padding(toLength: 9, withPad: " ", startingAt: 0) + name + detail
    guard let remedy else { return text }
    return text + "\n" + String(repeating: " ", count: 29) + "-> " + remedy
  }
}
