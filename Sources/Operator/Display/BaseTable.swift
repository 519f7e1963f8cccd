import OperatorProtocol

/// What names mean, as `sandlot image bases` shows it.
package enum BaseTable {
  /// A title line and one line a name.
  package static func lines(_ names: [Sandlot_Operator_ListBasesResponse.BaseName]) -> [String] {
    var table = TextTable([("NAME", .left), ("KIND", .left), ("MEANS", .left)])
    for name in names { table.add([name.name, name.kind, name.target]) }
    return table.lines
  }
}
