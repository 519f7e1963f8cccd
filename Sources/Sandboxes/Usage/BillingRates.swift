import Foundation

/// What use costs, in units of the operator's currency.
public struct BillingRates: Sendable, Equatable {
  /// The price of a physical core for a second.
  public var perCoreSecond: Decimal
  /// The price of a GiB of memory for a second.
  public var perGiBSecond: Decimal

  /// Rates; without arguments everything is free.
  public init(perCoreSecond: Decimal = 0, perGiBSecond: Decimal = 0) {
    self.perCoreSecond = perCoreSecond
    self.perGiBSecond = perGiBSecond
  }
}

/// What was used in some time, at some rates.
public struct UsageCost: Sendable, Equatable {
  /// The part of processors.
  public var cpu: Decimal
  /// The part of memory.
  public var memory: Decimal

  /// Both.
  public var total: Decimal { cpu + memory }

  /// The cost of billed quantities, each of which counts to the millionth.
  package init(billedCoreSeconds: Double, billedGiBSeconds: Double, rates: BillingRates) {
    cpu = Decimal(millionthsOf: billedCoreSeconds) * rates.perCoreSecond
    memory = Decimal(millionthsOf: billedGiBSeconds) * rates.perGiBSecond
  }
}

extension Decimal {
  /// A quantity to the millionth: 13 digits before the point at most, so that the product with a
  /// rate of 18 digits is exact in the 38 that a decimal has.
  init(millionthsOf quantity: Double) {
    let millionths = (quantity * 1_000_000).rounded()
    self.init(
      sign: .plus, exponent: -6, significand: Decimal(Int64(exactly: millionths) ?? .max))
  }
}

extension Double {
  /// The nearest number to what `Decimal(millionthsOf:)` makes of this one.
  var roundedToMillionths: Double { (self * 1_000_000).rounded() / 1_000_000 }
}
