// SPDX-License-Identifier: Apache-2.0

/// Reads a predicate and its arguments a line, as He and others' files of CoNLL-2005 and -2012 have
/// them: `2 My cats love hats . ||| B-A0 I-A0 B-V B-A1 O`, the predicate's place being counted from
/// 0.
struct RoleLines {
  /// The path as messages name it.
  let file: String
  let requiresTags: Bool
  let limit: Int

  private static let bars = Array("|||".utf8)

  /// Whether a text begins with such a line.
  static func begin(_ bytes: [UInt8]) -> Bool {
    var lines = Lines(bytes)
    guard let (range, _) = lines.next() else { return false }
    let cells = bytes[range].split(whereSeparator: Byte.isBlank)
    return cells.contains { $0.elementsEqual(bars) }
      && cells.first?.allSatisfy { 0x30...0x39 ~= $0 } == true
  }

  /// The sentences of a text.
  ///
  /// - Throws: ``DataError`` for a line that is none of this form.
  func sentences(in bytes: [UInt8]) throws -> [TaggedSentence] {
    try Lines(bytes).prefix(limit).map { range, line in
      let cells = bytes[range].split(whereSeparator: Byte.isBlank)
      let middle = cells.firstIndex { $0.elementsEqual(Self.bars) } ?? cells.count
      let (left, tags) = (
        cells[..<middle].map(Self.text), cells[middle...].dropFirst().map(Self.text)
      )
      func fault(_ reason: String) -> DataError {
        .malformedExample(file: file, line: line, reason: reason)
      }
      let words = Array(left.dropFirst())
      guard let place = left.first.flatMap({ Int($0) }), words.indices.contains(place) else {
        throw fault(
          "it should begin with the place of the predicate, 0 to \(max(0, words.count - 1))")
      }
      guard tags.count == words.count || tags.isEmpty && !requiresTags else {
        throw fault("\(words.count) words have \(tags.count) tags")
      }
      return TaggedSentence(
        words: words, tags: tags.isEmpty ? nil : tags, predicate: words[place], line: line)
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
