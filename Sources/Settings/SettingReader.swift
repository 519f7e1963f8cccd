import Errors

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

  private func refused(_ key: SettingKey, _ value: String, _ wanted: String) -> SandlotError {
    SandlotError(.invalidArgument, "'\(value)' from \(origin(key)) must be \(wanted).")
  }
}
