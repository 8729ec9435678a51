// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The cells of one row of a table that is read row by row.
package struct TableRecord: Sendable {
  /// Why a row cannot be read.
  package struct Fault: Error, Equatable {
    /// The line of the file.
    package let line: Int
    /// The reason, as the end of a sentence.
    package let reason: String
  }

  /// The line on which the row starts.
  package let line: Int

  private let row: TableRow

  /// The number of cells.
  package var count: Int { row.columns.count }

  /// Reads a record as a row.
  ///
  /// - Throws: ``Fault`` for quotes that do not fit.
  package init(_ record: RecordCutter.Record, _ kind: RecordCutter.Kind) throws {
    line = record.line
    var row = TableRow()
    do {
      if kind == .commaSeparated {
        var rows = CommaSeparatedRows(record.bytes, file: "")
        _ = try rows.read(into: &row)
      } else {
        var rows = TabSeparatedRows(record.bytes)
        _ = rows.read(into: &row)
      }
    } catch let DataError.malformedQuotes(_, line, reason) {
      // The row is all that its reader saw, so its lines are counted from the row's own.
      throw Fault(line: record.line + line - 1, reason: reason)
    }
    self.row = row
  }

  /// The text of a cell, its invalid bytes replaced.
  package subscript(column: Int) -> String { row.text(column) }
}

/// The names of a table's columns.
package struct TableHeader: Sendable {
  /// The names, in order.
  package let names: [String]

  private let places: [UTF8Key: Int]
  private let placesInLowerCase: [UTF8Key: Int]

  /// The names that a table's first row holds.
  package init(_ row: TableRecord) {
    self.init((0..<row.count).map { row[$0].trimmed })
  }

  /// A header of these names.
  package init(_ names: [String]) {
    self.names = names
    func places(_ spelling: (String) -> String) -> [UTF8Key: Int] {
      Dictionary(names.enumerated().map { (UTF8Key(spelling($1)), $0) }) { first, _ in first }
    }
    self.places = places { $0 }
    placesInLowerCase = places { $0.lowercased() }
  }

  /// The column of that very name, or else one that differs in case only.
  package func position(of name: String) -> Int? {
    places[UTF8Key(name)] ?? placesInLowerCase[UTF8Key(name.lowercased())]
  }
}
