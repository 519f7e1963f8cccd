import Errors
import Identifiers

extension ObjectName {
  /// Refuses what cannot be a name with `invalidArgument`; `kind` is said in the message.
  static func check(_ name: String, of kind: String) throws(SandlotError) {
    guard isValid(name) else {
      throw SandlotError(
        .invalidArgument, "'\(name)' cannot be the name of \(kind).", hint: rule)
    }
  }
}
