import Errors
import GuestProtocol

/// What the host knows of the difference between its own time of day and a guest's CLOCK_MONOTONIC,
/// which advances while the machine runs: bounds, in nanoseconds.
///
/// An answer from the guest was read off its clock at some moment between the question and its
/// arrival, and so bounds the difference from both sides. What several answers agree on is close to
/// it even where each of them took long.
package struct ClockOffset: Sendable, Equatable {
  private var bounds: ClosedRange<Int64>?

  /// Nothing is known yet.
  package init() {}

  /// Takes an answer into account: the guest's clock, asked for and answered at these moments of
  /// the host's.
  package mutating func note(_ monotonic: Int64, asked: Int64, answered: Int64) {
    let answer = (asked - monotonic)...max(asked, answered) - monotonic
    // Without overlap the host's own clock was set meanwhile: what is newer counts.
    bounds = bounds.flatMap { $0.overlaps(answer) ? $0.clamped(to: answer) : nil } ?? answer
  }

  /// How far the estimate may be off, in nanoseconds; nil where nothing is known.
  package var uncertainty: Int64? { bounds.map { ($0.upperBound - $0.lowerBound + 1) / 2 } }

  /// The same instant on both clocks, as far as is known.
  package var reference: ClockReference? {
    bounds.map {
      ClockReference(
        monotonic: 0, realtime: $0.lowerBound + ($0.upperBound - $0.lowerBound) / 2)
    }
  }
}

extension GuestConnection {
  /// So close, in nanoseconds, the clock is read at once on a host that is not overloaded.
  private static let closeEnough: Int64 = 5_000_000
  /// So close it must be, or all tries are spent.
  private static let bearable: Int64 = 30_000_000
  private static let tries = 3...24

  /// Observes the guest's clock.
  ///
  /// - Parameter now: The time of day in nanoseconds since 1970.
  func observeClock(_ now: @Sendable () -> Int64) async throws -> ClockReference {
    var offset = ClockOffset()
    for attempt in 1...Self.tries.upperBound {
      let asked = now()
      guard case .clock(let monotonic) = try await request(.readClock) else { break }
      offset.note(monotonic, asked: asked, answered: now())
      let limit = attempt < Self.tries.lowerBound ? Self.closeEnough : Self.bearable
      if let uncertainty = offset.uncertainty, uncertainty <= limit { break }
    }
    guard let reference = offset.reference else {
      throw SandlotError(.internal, "The agent of \(machine) did not tell its clock.")
    }
    return reference
  }
}
