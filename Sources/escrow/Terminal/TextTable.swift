/// Rows of text under a line of headings, in aligned columns: numbers to the right.
struct TextTable {
  private let headings: [String]
  private var rows: [[String]] = []

  init(_ headings: [String]) {
    self.headings = headings
  }

  var isEmpty: Bool { rows.isEmpty }

  /// Adds a row, with as many cells as there are headings.
  mutating func add(_ cells: [String]) { rows.append(cells.map(Terminal.printable)) }

  /// The lines, without spaces at their ends.
  var lines: [String] {
    let all = [headings] + rows
    let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let areNumbers = headings.indices.map { column in
      rows.allSatisfy { $0[column].first?.isNumber ?? false || $0[column] == "-" }
    }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return areNumbers[column] ? padding + cell : cell + padding
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
