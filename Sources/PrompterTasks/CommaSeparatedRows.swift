// SPDX-License-Identifier: Apache-2.0

/// Rows of RFC 4180: commas separate, or another delimiter, and a field in quotes may hold commas,
/// line ends and quotes written twice.
///
/// A quote inside a field that does not start with one stands for itself.
struct CommaSeparatedRows: TableRows {
  private let bytes: [UInt8]
  private let file: String
  private let delimiter: [UInt8]
  private var position: Int
  private var line = 1

  init(_ bytes: [UInt8], file: String, delimiter: Delimiter = .comma) {
    self.bytes = bytes
    self.file = file
    self.delimiter = delimiter.bytes
    position = Byte.start(of: bytes)
  }

  mutating func read(into row: inout TableRow) throws -> Bool {
    row.bytes.removeAll(keepingCapacity: true)
    row.columns.removeAll(keepingCapacity: true)
    while endLine() {}  // Blank lines.
    guard position < bytes.count else { return false }
    row.line = line
    while true {
      let start = row.bytes.count
      if isAt(Byte.quote) {
        try readQuoted(into: &row.bytes)
      } else {
        readPlain(into: &row.bytes)
      }
      row.columns.append(start..<row.bytes.count)
      if position == bytes.count || endLine() { return true }
      position += delimiter.count  // Nothing else ends a field.
    }
  }

  private func isAt(_ byte: UInt8) -> Bool {
    position < bytes.count && bytes[position] == byte
  }

  private var isAtDelimiter: Bool {
    isAt(delimiter[0]) && (delimiter.count == 1 || bytes[position...].starts(with: delimiter))
  }

  private var isAtLineEnd: Bool {
    isAt(Byte.lineFeed)
      || isAt(Byte.carriageReturn)
        && (position + 1 == bytes.count || bytes[position + 1] == Byte.lineFeed)
  }

  /// Moves past the end of a line, if there is one here.
  private mutating func endLine() -> Bool {
    guard isAtLineEnd else { return false }
    if isAt(Byte.carriageReturn) { position += 1 }
    if isAt(Byte.lineFeed) { position += 1 }
    line += 1
    return true
  }

  private mutating func readPlain(into field: inout [UInt8]) {
    let first = delimiter[0]
    while position < bytes.count {
      let byte = bytes[position]
      if byte == first || byte == Byte.lineFeed || byte == Byte.carriageReturn,
        isAtDelimiter || isAtLineEnd
      {
        return
      }
      field.append(byte)
      position += 1
    }
  }

  private mutating func readQuoted(into field: inout [UInt8]) throws {
    let opening = line
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == Byte.quote {
        guard isAt(Byte.quote) else { return try checkAfterQuote() }
        position += 1
      } else if byte == Byte.lineFeed {
        line += 1
      }
      field.append(byte)
    }
    throw DataError.malformedQuotes(
      file: file, line: opening, reason: "a quoted field starts here and never ends")
  }

  private func checkAfterQuote() throws {
    guard position == bytes.count || isAtDelimiter || isAtLineEnd else {
      throw DataError.malformedQuotes(
        file: file, line: line,
        reason: "a closing quote is followed by more text; write quotes inside a field twice")
    }
  }
}
