/// Turns readings of a machine's counters into what its sandbox has used and is billed for.
///
/// A value, so that whoever wants to know how it stands now reads a copy: a question never changes
/// what is billed.
package struct UsageMeter: Sendable {
  private let basis: BillingBasis
  private var elapsed = 0.0
  private var processorSeconds = 0.0

  /// Everything since the beginning.
  package private(set) var total = UsageAmount()
  /// What came since the last datapoint.
  package private(set) var interval = UsageAmount()
  /// Physical cores in use between the last two readings.
  package private(set) var coresInUse = 0.0
  /// The guest's memory in use at the newest answer, in bytes; nil before the first.
  package private(set) var memoryBytes: Int64?

  /// A meter that starts at the moment from which a sandbox is billed.
  package init(basis: BillingBasis) { self.basis = basis }

  /// Takes a reading: everything since the last one had one rate.
  ///
  /// - Parameters:
  ///   - elapsed: Seconds since the beginning.
  ///   - processorSeconds: What the machine has used by now, in seconds of a logical processor. What
  ///     it had used before the beginning counts as used in the first stretch, so that nothing is
  ///     lost.
  package mutating func read(elapsed: Double, processorSeconds: Double) {
    let seconds = max(0, elapsed - self.elapsed)
    let used = max(0, processorSeconds - self.processorSeconds) / Double(basis.threadsPerCore)
    let usedGiB = Double(memoryBytes ?? 0) / Self.bytesPerGiB
    let amount = UsageAmount(
      seconds: seconds, coreSeconds: used,
      billedCoreSeconds: max(basis.requestedCores * seconds, used),
      billedGiBSeconds: max(basis.requestedGiB, usedGiB) * seconds)
    self.elapsed = max(self.elapsed, elapsed)
    self.processorSeconds = max(self.processorSeconds, processorSeconds)
    total += amount
    interval += amount
    if seconds > 0 { coresInUse = used / seconds }
  }

  /// Takes an answer about memory; it holds until the next one.
  package mutating func note(memoryBytes: Int64?) {
    if let memoryBytes { self.memoryBytes = memoryBytes }
  }

  /// Ends the interval and returns it; nil where nothing came since the last.
  package mutating func closeInterval() -> UsageAmount? {
    guard interval != UsageAmount() else { return nil }
    defer { interval = UsageAmount() }
    return interval
  }

  static let bytesPerGiB = Double(1 << 30)
}
