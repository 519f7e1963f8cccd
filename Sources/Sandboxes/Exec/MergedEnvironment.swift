/// Variables from several sources: each name once, where it first came, with its last value.
struct MergedEnvironment {
  private var names: [String] = []
  private var values: [String: String] = [:]

  /// Sets a variable over what it was.
  mutating func set(_ name: String, _ value: String) {
    if values.updateValue(value, forKey: name) == nil { names.append(name) }
  }

  /// Sets variables over what they were.
  mutating func set(_ variables: [EnvironmentVariable]) {
    for variable in variables { set(variable.name, variable.value) }
  }

  /// `NAME=value` each.
  var assignments: [String] {
    names.map { "\($0)=\(values[$0] ?? "")" }
  }
}
