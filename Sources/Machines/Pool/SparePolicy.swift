/// How many spare machines wait, restored and paused, for someone to need one.
public struct SparePolicy: Sendable, Equatable {
  /// The machine that most people ask for: it has spares before anybody has asked.
  public var usual: MachineRequest?
  /// How many spares the usual machine has when nothing happens; 0 means no spares at all.
  public var minimum = 0
  /// How many spares a kind of machine has at most, however often it is asked for.
  public var maximum = 4
  /// The time over which demand is counted.
  package static let window: Duration = .seconds(60)
  /// So long nobody must have needed a machine before a spare one is made…
  package static let lull: Duration = .milliseconds(500)
  /// … unless one has been missing for so long.
  package static let longestWait: Duration = .seconds(5)
  /// So many launches within the window call for one spare.
  package static let launchesForSpare = 4

  /// A policy; without arguments there are no spares.
  public init(usual: MachineRequest? = nil, minimum: Int = 0, maximum: Int = 4) {
    self.usual = usual
    self.minimum = minimum
    self.maximum = maximum
  }

  /// How many spares a kind of machine is to have.
  ///
  /// - Parameter launches: How often it was asked for within the window.
  package func target(isUsual: Bool, launches: Int) -> Int {
    guard minimum > 0 else { return 0 }
    let wanted = (launches + Self.launchesForSpare - 1) / Self.launchesForSpare
    return min(max(isUsual ? minimum : 0, wanted), max(minimum, maximum))
  }
}
