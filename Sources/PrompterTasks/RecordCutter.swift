// SPDX-License-Identifier: Apache-2.0

/// Cuts bytes that come piece by piece into lines, or into the rows of a table.
///
/// Whatever is complete is given out, so that no more of a text is in memory than its longest
/// record. Lines end in LF or CRLF, the last one need not end, blank ones are passed over but
/// counted, and a byte-order mark is ignored.
package struct RecordCutter: Sendable {
  /// What records are.
  package enum Kind: Sendable {
    /// Lines, of which those with nothing but white space are blank.
    case lines
    /// Lines, of which those with nothing but spaces are blank: a tab separates columns.
    case tabSeparated
    /// Rows of RFC 4180, whose fields in quotes may hold line ends.
    case commaSeparated
  }

  /// A line or a row, without its end.
  package struct Record: Sendable, Equatable {
    /// Its bytes.
    package var bytes: [UInt8]
    /// The line on which it starts, counted from 1.
    package var line: Int

    /// A record from its parts.
    package init(bytes: [UInt8], line: Int) {
      (self.bytes, self.line) = (bytes, line)
    }
  }

  // Where a scan stands within a row; a quote means something at the start of a field only.
  private enum Place {
    case fieldStart
    case plain
    case quoted
    case afterQuote
  }

  private let kind: Kind
  private var bytes: [UInt8] = []
  private var start = 0
  private var scanned = 0  // no record ends before this
  private var place = Place.fieldStart
  private var innerEnds = 0  // line ends within the record so far
  private var line = 1
  private var hasBegun = false
  private var isComplete = false

  /// A cutter that has got no bytes yet.
  package init(_ kind: Kind) {
    self.kind = kind
  }

  /// Takes in more bytes.
  package mutating func append(_ piece: [UInt8]) {
    if start > 0 {
      bytes.removeFirst(start)
      (start, scanned) = (0, scanned - start)
    }
    bytes += piece
  }

  /// Says that no more bytes will come, so that what is left is the last record.
  package mutating func finish() {
    isComplete = true
  }

  /// The next record that is complete and not blank; nil if more bytes are needed, or none are
  /// left.
  package mutating func next() -> Record? {
    guard passMark() else { return nil }
    while let end = nextEnd() {
      let found = Record(bytes: Array(bytes[start..<end.content]), line: line)
      line += innerEnds + 1
      innerEnds = 0
      place = .fieldStart
      start = end.next
      if !isBlank(found.bytes) { return found }
    }
    return nil
  }

  // False while what may become a byte-order mark is not all there.
  private mutating func passMark() -> Bool {
    guard !hasBegun else { return true }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    guard isComplete || bytes.count >= mark.count || !mark.starts(with: bytes) else { return false }
    hasBegun = true
    if bytes.starts(with: mark) { (start, scanned) = (mark.count, mark.count) }
    return true
  }

  // Where the record's text ends, and where the next one starts.
  private mutating func nextEnd() -> (content: Int, next: Int)? {
    let isTable = kind == .commaSeparated
    if let end = isTable ? rowEnd() : bytes[scanned...].firstIndex(of: Byte.lineFeed) {
      scanned = end + 1
      let hasReturn = end > start && bytes[end - 1] == Byte.carriageReturn
      return (hasReturn ? end - 1 : end, end + 1)
    }
    scanned = bytes.count
    guard isComplete, start < bytes.count else { return nil }
    let hasReturn = kind != .lines && bytes.last == Byte.carriageReturn
    return (bytes.count - (hasReturn ? 1 : 0), bytes.count)
  }

  private mutating func rowEnd() -> Int? {
    while scanned < bytes.count {
      let byte = bytes[scanned]
      if byte == Byte.lineFeed {
        guard place == .quoted else { return scanned }
        innerEnds += 1
      } else if place == .quoted {
        if byte == Byte.quote { place = .afterQuote }
      } else if byte == Byte.quote, place != .plain {
        place = .quoted
      } else {
        place = byte == Byte.comma ? .fieldStart : .plain
      }
      scanned += 1
    }
    return nil
  }

  private func isBlank(_ record: [UInt8]) -> Bool {
    switch kind {
    case .commaSeparated: return record.isEmpty
    case .tabSeparated: return record.allSatisfy { $0 == Byte.space }
    case .lines:
      if record.contains(where: { 0x21..<0x7F ~= $0 }) { return false }
      return String(decoding: record, as: UTF8.self).unicodeScalars
        .allSatisfy(\.properties.isWhitespace)
    }
  }
}
