import Errors
import Foundation
import Yams

extension SettingSource {
  /// A YAML file: a mapping from setting names to scalars, or to lists for settings that take
  /// several values.
  ///
  /// Throws `invalidArgument` for a file that cannot be read, is not such a mapping, or names a
  /// setting that does not exist: a misspelt name must not be ignored.
  public static func file(_ path: String) throws -> SettingSource {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw SandlotError(
        .invalidArgument, "The configuration file \(path) cannot be read.",
        hint: "Check the path given by --config or SANDLOT_CONFIG.")
    }
    return SettingSource(values: try parse(text, path: path)) { "\($0.rawValue) in \(path)" }
  }

  static func parse(_ text: String, path: String) throws -> [SettingKey: String] {
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch {
      throw SandlotError(.invalidArgument, "\(path) is not valid YAML: \(error)")
    }
    guard let node, node != .scalar(.init("")) else { return [:] }
    guard let mapping = node.mapping else {
      throw SandlotError(
        .invalidArgument, "\(path) must hold a mapping of settings, one 'name: value' a line.")
    }
    var values: [SettingKey: String] = [:]
    for (nameNode, valueNode) in mapping {
      let name = nameNode.string ?? ""
      guard let key = SettingKey(rawValue: name) else {
        throw SandlotError(
          .invalidArgument, "\(path) sets '\(name)', which is no setting.",
          hint: "Settings are: \(SettingKey.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      if let list = valueNode.sequence {
        values[key] = list.compactMap(\.string).joined(separator: ":")
      } else if let scalar = valueNode.scalar {
        values[key] = scalar.string
      } else {
        throw SandlotError(.invalidArgument, "\(name) in \(path) must be a value or a list.")
      }
    }
    return values
  }
}
