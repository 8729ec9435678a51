// SPDX-License-Identifier: Apache-2.0

/// The lines of TREC's question classification: `DESC:manner How do ... ?`.
enum TRECQuestions {
  /// The rows of a file.
  ///
  /// The columns are `text`, `coarse` (`DESC`) and `fine` (`DESC:manner`: some fine names, such as
  /// `other`, occur under several coarse ones).
  static func rows(in bytes: [UInt8], file: String) -> LineRows {
    LineRows(bytes, header: ["text", "coarse", "fine"]) { line, number in
      guard
        let space = line.firstIndex(of: Byte.space), space > line.startIndex,
        let colon = line[..<space].firstIndex(of: Byte.colon), colon > line.startIndex
      else { throw DataError.malformedQuestion(file: file, line: number) }
      return [line[(space + 1)...], line[..<colon], line[..<space]].map(Self.utf8)
    }
  }

  /// The text of bytes in UTF-8 or else in ISO 8859-1, in which the published files are.
  private static func utf8(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    if TextEncoding.firstIllFormed(Array(bytes)) == nil { return Array(bytes) }
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8.map { $0 }
  }
}
