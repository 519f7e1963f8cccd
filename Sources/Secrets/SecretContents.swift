import Errors
import Foundation
import Store
import Tokens

/// A secret's variables, and the form in which they are kept.
struct SecretContents {
  /// Names and values together may have so many bytes.
  static let limit = 256 << 10

  let variables: [String: String]

  /// Variables that processes can have.
  ///
  /// Throws `invalidArgument`, naming the variable at fault and never a value.
  init(_ variables: [String: String]) throws(SandlotError) {
    for (name, value) in variables {
      guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")), !name.utf8.contains(0) else {
        throw SandlotError(
          .invalidArgument, "\(name.debugDescription) cannot be an environment variable's name.")
      }
      guard !value.utf8.contains(0) else {
        throw SandlotError(.invalidArgument, "The variable \(name) has a NUL in its value.")
      }
    }
    let size = variables.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    guard size <= Self.limit else {
      throw SandlotError(
        .invalidArgument,
        "A secret of \(size) bytes is larger than the \(Self.limit) that one may have.",
        hint: "Split it into several secrets.")
    }
    self.variables = variables
  }

  /// Reads what `seal` made.
  init(_ row: SecretRow, key: SealingKey) throws {
    let bytes = try key.open(Array(row.sealed), for: row.id)
    do {
      variables = try JSONDecoder().decode([String: String].self, from: Data(bytes))
    } catch {
      throw SandlotError(.internal, "The secret \(row.id) is no JSON object of strings.")
    }
  }

  /// The names, sorted.
  var keys: [String] { variables.keys.sorted() }

  /// The variables, encrypted for the row of this id alone.
  func seal(for id: String, key: SealingKey) throws -> Data {
    Data(try key.seal(Array(try JSONEncoder().encode(variables)), for: id))
  }
}
