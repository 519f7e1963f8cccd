/// What was used in some time.
package struct UsageAmount: Sendable, Equatable {
  /// How long, in seconds.
  package var seconds: Double
  /// Processor time that was used, in seconds of a physical core.
  package var coreSeconds: Double
  /// Processor time that is billed: of each second, the greater of requested and used.
  package var billedCoreSeconds: Double
  /// Memory that is billed, in GiB times seconds; counted in the same way.
  package var billedGiBSeconds: Double

  /// An amount; without arguments nothing.
  package init(
    seconds: Double = 0, coreSeconds: Double = 0, billedCoreSeconds: Double = 0,
    billedGiBSeconds: Double = 0
  ) {
    self.seconds = seconds
    self.coreSeconds = coreSeconds
    self.billedCoreSeconds = billedCoreSeconds
    self.billedGiBSeconds = billedGiBSeconds
  }

  /// Adds what was used in another time.
  package static func += (total: inout UsageAmount, other: UsageAmount) {
    total.seconds += other.seconds
    total.coreSeconds += other.coreSeconds
    total.billedCoreSeconds += other.billedCoreSeconds
    total.billedGiBSeconds += other.billedGiBSeconds
  }

  /// The same use over a part of the time.
  static func * (amount: UsageAmount, part: Double) -> UsageAmount {
    UsageAmount(
      seconds: amount.seconds * part, coreSeconds: amount.coreSeconds * part,
      billedCoreSeconds: amount.billedCoreSeconds * part,
      billedGiBSeconds: amount.billedGiBSeconds * part)
  }
}
