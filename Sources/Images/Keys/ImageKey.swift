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
  ///   - base: The identity of the base's disk.
  ///   - config: The configuration of the base.
  ///   - steps: The steps, which have the build arguments in them.
  ///   - secretNames: The names of the variables that the steps see besides; never their values.
  package static func image(
    base: String, config: ImageConfig, steps: [BuildStep], secretNames: [String],
    builderVersion: String
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let config = String(decoding: try encoder.encode(config), as: UTF8.self)
    return hash(
      ["sandlot image 1", base, config, builderVersion] + [secrets(secretNames)]
        + steps.map(\.canonical))
  }

  /// The key of the disk after each step. Steps that only configure leave it as it is.
  package static func disks(
    base: String, steps: [BuildStep], secretNames: [String]
  ) -> [String] {
    var key = hash(["sandlot disk 1", base])
    return steps.map { step in
      switch step.action {
      case .configure: break
      case .makeDirectory, .copy: key = hash([key, step.canonical])
      case .run: key = hash([key, step.canonical, secrets(secretNames)])
      }
      return key
    }
  }

  /// The identity of a disk that is a chain of layers: their names, which are never used twice.
  package static func identity(ofLayers names: [String]) -> String {
    "layers " + names.joined(separator: " ")
  }

  /// A short name for an identity.
  static func shortHash(_ identity: String) -> String { String(hash([identity]).prefix(32)) }

  private static func secrets(_ names: [String]) -> String {
    names.sorted().map { "\($0.utf8.count):\($0)" }.joined(separator: " ")
  }

  /// Every part is preceded by its length, so that none can imitate another's borders.
  private static func hash(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts { hash.update(data: Data("\(part.utf8.count):\(part)\n".utf8)) }
    return hash.finalize().map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
