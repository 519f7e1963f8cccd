/// Text in columns, as wide as what is in them.
package struct TextTable: Sendable {
  /// The side on which a column's texts begin.
  package enum Alignment: Sendable {
    case left
    case right
  }

  private var columns: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  /// A table without rows.
  package init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

  /// Leaves columns out, in this order of their titles, until the table is no wider than that, or all of
  /// these are out.
  package mutating func narrow(to width: Int, leavingOut titles: [String]) {
    for title in titles where self.width > width {
      guard let column = columns.firstIndex(where: { $0.title == title }) else { continue }
      columns.remove(at: column)
      for row in rows.indices { rows[row].remove(at: column) }
    }
  }

  private var width: Int { widths.reduce(2 * (columns.count - 1), +) }

  private var widths: [Int] {
    columns.indices.map { column in
      rows.reduce(columns[column].title.count) { max($0, $1[column].count) }
    }
  }

  /// Adds a row of one text a column. What a terminal would take for a command is shown as `?`:
  /// names come from users.
  package mutating func add(_ row: [String]) {
    rows.append(row.map { String($0.map { $0.isControl ? "?" : $0 }) })
  }

  /// The titles and the rows, without blanks at their ends.
  package var lines: [String] {
    let all = [columns.map(\.title)] + rows
    let widths = widths
    return all.map { row in
      let cells = columns.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return columns[column].alignment == .left ? row[column] + padding : padding + row[column]
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}

extension Character {
  fileprivate var isControl: Bool {
    unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
