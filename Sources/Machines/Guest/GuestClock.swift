import Errors
import GuestProtocol

/// A guest's clock as the host knows it.
///
/// A guest's CLOCK_MONOTONIC advances exactly while its machine runs, so an instant that was once
/// observed on both clocks stays good, whatever the machine waits for later: what it was paused for
/// is subtracted.
package struct GuestClock: Sendable, Equatable, Codable {
  /// Nanoseconds of the guest's CLOCK_MONOTONIC, at the instant that `realtime` names.
  private(set) var monotonic: Int64
  /// Nanoseconds since 1970 at that instant; nil while the machine does not run.
  private(set) var realtime: Int64?

  /// The clock of a machine that does not run, and shows `monotonic`.
  package init(stoppedAt monotonic: Int64) { self.monotonic = monotonic }

  /// The clock of a running machine, by an instant on both.
  package init(_ reference: ClockReference) {
    monotonic = reference.monotonic
    realtime = reference.realtime
  }

  /// The machine stops; `time` is nanoseconds since 1970.
  package mutating func stop(at time: Int64) {
    guard let realtime else { return }
    monotonic += time - realtime
    self.realtime = nil
  }

  /// The machine goes on; `time` is nanoseconds since 1970.
  package mutating func resume(at time: Int64) {
    if realtime == nil { realtime = time }
  }

  /// The same instant on both clocks; nil while the machine does not run.
  package var reference: ClockReference? {
    realtime.map { ClockReference(monotonic: monotonic, realtime: $0) }
  }
}

extension GuestConnection {
  /// An answer within so many nanoseconds is exact enough.
  private static let exactEnough: Int64 = 4_000_000
  private static let tries = 8

  /// Observes the guest's clock: of some questions, the one that was answered fastest counts.
  func observeClock(_ now: @Sendable () -> Int64) async throws -> GuestClock {
    var best: (delay: Int64, reference: ClockReference)?
    for _ in 0..<Self.tries {
      let asked = now()
      guard case .clock(let monotonic) = try await request(.readClock) else {
        throw SandlotError(.internal, "The agent of \(machine) did not tell its clock.")
      }
      let delay = now() - asked
      let reference = ClockReference(monotonic: monotonic, realtime: asked + delay / 2)
      if best.map({ delay < $0.delay }) ?? true { best = (delay, reference) }
      if delay < Self.exactEnough { break }
    }
    guard let best else { throw SandlotError(.internal, "\(machine) has no clock.") }
    return GuestClock(best.reference)
  }

  /// What the guest's memory is used for, in bytes; nil where it does not answer.
  func memoryInUse() async -> Int64? {
    guard
      case .memory(let total, let available)? = try? await request(.readMemory, limit: .seconds(2))
    else { return nil }
    return Int64(clamping: total) - Int64(clamping: min(available, total))
  }
}
