import Errors

/// The syntax of the names that users give.
enum ObjectName {
  /// Refuses what cannot be a name with `invalidArgument`; `kind` is said in the message.
  static func check(_ name: String, of kind: String) throws(SandlotError) {
    let syntax = name.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0))
    }
    guard syntax, !name.isEmpty, name.count < 64 else {
      throw SandlotError(
        .invalidArgument, "'\(name)' cannot be the name of \(kind).",
        hint: "A name has 1 to 63 letters, digits, '-', '_' and '.'.")
    }
  }
}
