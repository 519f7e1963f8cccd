import Crypto
import Dockerfile
import Foundation

/// Content keys: equal keys mean that a build would have the same outcome.
///
/// They are kept in the store, so they must come out the same in every process. The prefix of the
/// hashed text changes when its form does.
package enum ImageKey {
  /// The key of a whole image.
  ///
  /// - Parameters:
  ///   - disk: The key of its disk.
  ///   - config: Its configuration.
  package static func image(
    disk: String, config: ImageConfig, builderVersion: String
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let config = String(decoding: try encoder.encode(config), as: UTF8.self)
    return hash(["sandlot image 2", disk, config, builderVersion])
  }

  /// The key of the disk that a stage begins with.
  package static func disk(of base: String) -> String { hash(["sandlot disk 2", base]) }

  /// The key of the disk after a step.
  package static func disk(after key: String, _ inputs: StepInputs) -> String {
    hash([key] + inputs.parts.flatMap { [$0.name, $0.digest] })
  }

  /// The identity of a disk that is a chain of layers: their names, which are never used twice.
  package static func identity(ofLayers names: [String]) -> String {
    "layers " + names.joined(separator: " ")
  }

  /// A short name for an identity.
  static func shortHash(_ identity: String) -> String { String(hash([identity]).prefix(32)) }

  /// Every part is preceded by its length, so that none can imitate another's borders.
  static func hash(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts { hash.update(data: Data("\(part.utf8.count):\(part)\n".utf8)) }
    return hash.finalize().map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
