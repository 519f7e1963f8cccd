import Foundation
import SwiftProtobuf

/// Answers as JSON for scripts and people, with the names of `Protocols/sandlot`, sorted
/// and indented; what is unset is left out.
package enum JSONOutput {
  /// An array of answers of one kind.
  package static func text<Answer: Message>(_ answers: [Answer]) throws -> String {
    try indented(Answer.jsonString(from: answers, options: options))
  }

  /// One answer.
  package static func text(_ answer: some Message) throws -> String {
    try indented(answer.jsonString(options: options))
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
