import Errors
import Foundation

/// Reads typed values out of sources in their order.
struct SettingReader {
  let sources: [SettingSource]

  func text(_ key: SettingKey) -> String? {
    sources.lazy.compactMap { $0.values[key] }.first
  }

  func origin(_ key: SettingKey) -> String {
    sources.first { $0.values[key] != nil }?.describe(key) ?? key.rawValue
  }

  func integer(_ key: SettingKey, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = text(key) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw refused(key, text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func number(_ key: SettingKey, in range: ClosedRange<Double>) throws -> Double? {
    guard let text = text(key) else { return nil }
    guard let value = Double(text), range.contains(value) else {
      throw refused(key, text, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func absolutePath(_ key: SettingKey) throws -> String? {
    guard let text = text(key) else { return nil }
    guard text.hasPrefix("/") else { throw refused(key, text, "an absolute path") }
    return text
  }

  func choice<T: RawRepresentable & CaseIterable>(_ key: SettingKey) throws -> T?
  where T.RawValue == String {
    guard let text = text(key) else { return nil }
    guard let value = T(rawValue: text) else {
      throw refused(key, text, "one of " + T.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }

  /// A price: digits with or without a point, without sign or exponent. 18 digits keep the product
  /// with any quantity that is billed exact.
  func price(_ key: SettingKey) throws -> Decimal? {
    guard let text = text(key) else { return nil }
    guard text.wholeMatch(of: /[0-9]+(\.[0-9]+)?/) != nil, text.count <= 19,
      let value = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
    else {
      throw refused(key, text, "a decimal number of at most 18 digits, such as 0.0000131")
    }
    return value
  }

  private func refused(_ key: SettingKey, _ value: String, _ wanted: String) -> SandlotError {
    SandlotError(.invalidArgument, "'\(value)' from \(origin(key)) must be \(wanted).")
  }
}
