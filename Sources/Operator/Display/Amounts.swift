import Foundation

/// Quantities as people read them.
package enum Amounts {
  /// A duration in its two largest units: `4s`, `3m12s`, `2h5m`, `6d3h`.
  package static func age(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds))
    switch whole {
    case ..<60: return "\(whole)s"
    case ..<3600: return "\(whole / 60)m\(whole % 60)s"
    case ..<86400: return "\(whole / 3600)h\(whole / 60 % 60)m"
    default: return "\(whole / 86400)d\(whole / 3600 % 24)h"
    }
  }

  /// Bytes in whole MiB.
  package static func mebibytes(_ bytes: Int64) -> String { "\((bytes + (1 << 19)) >> 20)" }

  /// A number without zeros at its end: `2`, `0.125`.
  package static func number(_ value: Double) -> String {
    value == value.rounded() ? String(format: "%.0f", value) : "\(value)"
  }

  /// A number with so many digits behind the point.
  package static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// A cost with six digits behind the point; one that is less, but not nothing, is told as such.
  package static func cost(_ text: String) -> String {
    guard let value = Decimal(string: text) else { return text }
    let least = Decimal(sign: .plus, exponent: -6, significand: 1)
    if value > 0 && value < least { return "<0.000001" }
    return fixed(NSDecimalNumber(decimal: value).doubleValue, 6)
  }
}
