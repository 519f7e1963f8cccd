import Errors

/// One place that settings come from, with its values as text.
public struct SettingSource: Sendable {
  /// How a value's origin reads in an error: `the option --port`, `SANDLOT_PORT`, a file's path.
  public var describe: @Sendable (SettingKey) -> String
  /// The values it sets.
  public var values: [SettingKey: String]

  /// A source.
  public init(
    values: [SettingKey: String], describe: @escaping @Sendable (SettingKey) -> String
  ) {
    self.values = values
    self.describe = describe
  }

  /// The command line.
  public static func options(_ values: [SettingKey: String]) -> SettingSource {
    SettingSource(values: values) { "the option \($0.optionName)" }
  }

  /// The process's environment; an empty variable counts as not set.
  public static func environment(_ variables: [String: String]) -> SettingSource {
    var values: [SettingKey: String] = [:]
    for key in SettingKey.allCases {
      if let value = variables[key.environmentName], !value.isEmpty { values[key] = value }
    }
    if values[.dataDirectory] == nil, let home = variables["SANDLOT_HOME"], !home.isEmpty {
      values[.dataDirectory] = home
    }
    return SettingSource(values: values) { "the environment variable \($0.environmentName)" }
  }
  /// The variables of an environment that look like settings and are none, sorted; what the project's
  /// own tests are told (`SANDLOT_TEST_…`) is not meant for the server.
  public static func strangers(in variables: [String: String]) -> [String] {
    let known = SettingKey.allCases.map(\.environmentName) + ["SANDLOT_HOME", "SANDLOT_CONFIG"]
    return variables.keys.filter { name in
      name.hasPrefix("SANDLOT_") && !name.hasPrefix("SANDLOT_TEST_") && !known.contains(name)
    }.sorted()
  }
}
