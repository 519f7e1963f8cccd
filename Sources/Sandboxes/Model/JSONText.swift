import Errors
import Foundation

/// JSON as the store keeps it.
enum JSONText {
  static func encode(_ value: some Encodable) throws(SandlotError) -> String {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw SandlotError(.internal, "A record cannot be written as JSON: \(error).")
    }
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, from text: String
  ) throws(SandlotError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw SandlotError(.internal, "A record in the store cannot be read: \(error).")
    }
  }
}
