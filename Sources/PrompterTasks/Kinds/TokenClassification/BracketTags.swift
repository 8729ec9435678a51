// SPDX-License-Identifier: Apache-2.0

/// Tags in brackets, as CoNLL's columns of names, phrases and arguments have them, as `iob2`.
///
/// `(X*` begins a stretch, `*` goes on or is outside, `*)` ends one, and `(X*)` or `(X)` is a
/// stretch of one word. Of stretches within others the outermost are taken.
enum BracketTags {
  /// Sentences whose tags are all in brackets with other tags, and any others as they are.
  ///
  /// - Throws: ``DataError`` for brackets that do not match.
  static func tagged(_ sentences: [TaggedSentence], file: String) throws -> [TaggedSentence] {
    let cells = sentences.lazy.compactMap(\.tags).joined()
    guard cells.allSatisfy(isCell), cells.contains(where: { $0.utf8.first == open }) else {
      return sentences
    }
    return try sentences.map { sentence in
      var sentence = sentence
      sentence.tags = try sentence.tags.map {
        try tags(of: $0, file: file, firstLine: sentence.line)
      }
      return sentence
    }
  }

  /// The tags of a sentence's cells.
  ///
  /// - Throws: ``DataError`` for brackets that do not match.
  static func tags(of cells: [String], file: String, firstLine: Int) throws -> [String] {
    var tags: [String] = []
    var (type, depth, begun) = ("", 0, 0)
    for (place, cell) in cells.enumerated() {
      let labels = openings(in: cell)
      if depth == 0, let first = labels.first {
        (type, begun) = (first, place)
        tags.append("B-" + type)
      } else {
        tags.append(depth > 0 ? "I-" + type : "O")
      }
      depth += labels.count - cell.utf8.count { $0 == close }
      guard depth >= 0 else {
        throw fault("closes a bracket that is not open", file, firstLine + place)
      }
    }
    guard depth == 0 else {
      throw fault("opens a bracket that its sentence does not close", file, firstLine + begun)
    }
    return tags
  }

  /// The columns of a sentence that tag the arguments of a predicate, which is a stretch `V`.
  static func argumentColumns(of rows: [[String]]) -> [Int] {
    let width = rows.first?.count ?? 0
    return (0..<width).filter { column in
      rows.contains { row in
        row[column].utf8.first == open && openings(in: row[column]).contains { $0 == "V" }
      }
    }
  }

  private static let open = UInt8(ascii: "(")
  private static let close = UInt8(ascii: ")")
  private static let star = UInt8(ascii: "*")

  // Such as `*`, `(X*`, `(X(Y*))` or `(X)`, or a hyphen for nothing.
  private static func isCell(_ cell: String) -> Bool {
    let bytes = cell.utf8
    return bytes.contains(star) || bytes.elementsEqual("-".utf8)
      || bytes.count > 2 && bytes.first == open && bytes.last == close
  }

  private static func openings(in cell: String) -> [String] {
    cell.utf8.split(separator: open, omittingEmptySubsequences: false).dropFirst().map {
      String(Substring($0.prefix { $0 != star && $0 != close }))
    }
  }

  private static func fault(_ reason: String, _ file: String, _ line: Int) -> DataError {
    .malformedExample(file: file, line: line, reason: "the column of tags \(reason)")
  }
}
