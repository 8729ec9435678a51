// SPDX-License-Identifier: Apache-2.0

/// A line of fastText's training data, `__label__positive A gripping, funny film`.
enum FastTextLine {
  /// What a label begins with.
  static let mark = Array("__label__".utf8)

  /// The rows of a text, with the columns `text` and `label`.
  static func rows(in bytes: [UInt8], file: String) -> LineRows {
    LineRows(bytes, header: ["text", "label"]) { line, number in
      let (label, text) = try parts(of: line) { reason in
        DataError.misread(file: file, .malformedLabels(line: number, reason: reason))
      }
      return [Array(text), Array(label)]
    }
  }

  // A label stands before the text or, as fastText allows, after it.
  private static func parts(
    of line: ArraySlice<UInt8>, fault: (String) -> DataError
  ) throws -> (label: ArraySlice<UInt8>, text: ArraySlice<UInt8>) {
    var words = Byte.trimmed(line)
    var labels: [ArraySlice<UInt8>] = []
    while words.starts(with: mark) {
      let word = words.prefix { !Byte.isBlank($0) }
      labels.append(word.dropFirst(mark.count))
      words = words[word.endIndex...].drop(while: Byte.isBlank)
    }
    if labels.isEmpty {
      let start = words.lastIndex(where: Byte.isBlank).map { $0 + 1 } ?? words.startIndex
      if words[start...].starts(with: mark) {
        labels.append(words[start...].dropFirst(mark.count))
        words = Byte.trimmed(words[..<start])
      }
    }
    guard labels.count <= 1 else {
      throw fault("it has \(labels.count) labels, and a text can have only one here")
    }
    return (labels.first ?? [], words)
  }
}
