// SPDX-License-Identifier: Apache-2.0

import PrompterJSON

/// Columns of text with blanks between them.
struct Table {
  /// Where a column's texts stand.
  enum Alignment {
    case left
    case right
  }

  private let header: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// A table whose columns have names; there is no header line if all names are empty.
  init(_ columns: [(name: String, alignment: Alignment)]) {
    header = columns.map { $0.name.escapingControls() }
    alignments = columns.map(\.alignment)
  }

  /// A table of names and values.
  static func pairs(_ rows: [(String, String)]) -> Table {
    var table = Table([("", .left), ("", .left)])
    for (name, value) in rows { table.add([name, value]) }
    return table
  }

  /// Adds a row; missing cells are empty, and none has a line end.
  mutating func add(_ row: [String]) {
    rows.append((0..<header.count).map { $0 < row.count ? row[$0].escapingControls() : "" })
  }

  /// The lines from the header on, without blanks at their ends.
  var lines: [String] {
    let hasHeader = header.contains { !$0.isEmpty }
    let all = (hasHeader ? [header] : []) + rows
    let widths = header.indices.map { column in
      all.map { Text.columns(of: $0[column]) }.max() ?? 0
    }
    return all.map { row in
      let cells = header.indices.map { Self.padded(row[$0], widths[$0], alignments[$0]) }
      return Self.withoutBlanksAtEnd(cells.joined(separator: "  "))
    }
  }

  /// All lines as one text.
  var text: String { lines.joined(separator: "\n") }

  // Scalar by scalar: to compare a character, Swift sorts all the combining marks that it has.
  private static func withoutBlanksAtEnd(_ line: String) -> String {
    let scalars = line.unicodeScalars
    let last = scalars.lastIndex { $0 != " " }
    return String(scalars[..<(last.map(scalars.index(after:)) ?? scalars.startIndex)])
  }

  private static func padded(_ text: String, _ width: Int, _ alignment: Alignment) -> String {
    let blanks = String(repeating: " ", count: max(0, width - Text.columns(of: text)))
    return alignment == .left ? text + blanks : blanks + text
  }
}
