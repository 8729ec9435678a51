// SPDX-License-Identifier: Apache-2.0

/// Reads labels that are numbers: digits with a point, a sign and an exponent, as in `4`, `4.0`,
/// `-.5` and `1e0`, and blanks around them.
enum NumberLabel {
  private static let allowed = Set("0123456789+-.eE".utf8)

  /// The number that a label spells; nil if it is none, or none that a head can give.
  ///
  /// Words such as `nan`, hexadecimal digits and commas are no numbers here.
  static func number(of label: String) -> Double? {
    let bytes = label.utf8.drop(while: Byte.isBlank)
    let end = bytes.lastIndex { !Byte.isBlank($0) }.map { bytes.index(after: $0) }
    let spelling = bytes[..<(end ?? bytes.startIndex)]
    guard spelling.allSatisfy(allowed.contains),
      let number = Double(Substring(spelling)), Float(number).isFinite
    else { return nil }
    return number
  }
}

extension Dataset {
  /// The number of an example.
  ///
  /// - Throws: ``DataError`` if it has no label, or one that is no number.
  func number(of index: Int) throws -> Double {
    guard let label = examples[index].label else {
      throw DataError.missingLabel(file: file, line: examples[index].line)
    }
    guard let number = NumberLabel.number(of: label) else {
      throw DataError.malformedExample(
        file: file, line: examples[index].line,
        reason:
          "the label \(DataError.quoted(label)) is no number; labels of this task are numbers "
          + "such as 4 or 2.75")
    }
    return number
  }

  /// The numbers of all examples.
  ///
  /// - Throws: As ``number(of:)`` does.
  func numbers() throws -> [Double] { try examples.indices.map(number) }
}
