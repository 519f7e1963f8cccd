import Foundation
import OperatorProtocol
import SwiftProtobuf

/// Answers as JSON for scripts and people, with the names of `Protocols/sandlot/operator.proto`, sorted
/// and indented; what is unset is left out.
package enum JSONOutput {
  /// An array of sandboxes.
  package static func text(_ sandboxes: [Sandlot_Operator_Sandbox]) throws -> String {
    try indented(Sandlot_Operator_Sandbox.jsonString(from: sandboxes, options: options))
  }

  /// One creation.
  package static func text(_ trace: Sandlot_Operator_CreateTrace) throws -> String {
    try indented(trace.jsonString(options: options))
  }

  private static func indented(_ text: String) throws -> String {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let data = try JSONSerialization.data(
      withJSONObject: value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }

  private static var options: JSONEncodingOptions {
    var options = JSONEncodingOptions()
    options.preserveProtoFieldNames = true
    options.alwaysPrintInt64sAsNumbers = true
    return options
  }
}
