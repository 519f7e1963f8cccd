import OperatorProtocol
import SwiftProtobuf

/// Answers as JSON for scripts, with the names of `Protocols/sandlot/operator.proto`; what is unset
/// is left out.
package enum JSONOutput {
  /// An array of sandboxes.
  package static func text(_ sandboxes: [Sandlot_Operator_Sandbox]) throws -> String {
    try Sandlot_Operator_Sandbox.jsonString(from: sandboxes, options: options)
  }

  /// One creation.
  package static func text(_ trace: Sandlot_Operator_CreateTrace) throws -> String {
    try trace.jsonString(options: options)
  }

  private static var options: JSONEncodingOptions {
    var options = JSONEncodingOptions()
    options.preserveProtoFieldNames = true
    options.alwaysPrintInt64sAsNumbers = true
    return options
  }
}
