// SPDX-License-Identifier: Apache-2.0

extension ExampleReader {
  /// Reads the lines of TREC's question classification: `DESC:manner How do ... ?`.
  ///
  /// The columns are `text`, `coarse` (`DESC`) and `fine` (`DESC:manner`: some fine names, such as
  /// `other`, occur under several coarse ones).
  func trecExamples(in bytes: [UInt8]) throws -> [Example] {
    let columns = ["text", "coarse", "fine"]
    let roles = try fields.roles(in: columns, file: file, requireLabels: requireLabels)
    var examples: [Example] = []
    var lines = Lines(bytes)
    while examples.count < limit, let (range, number) = lines.next() {
      let line = bytes[range]
      guard
        let space = line.firstIndex(of: Byte.space), space > line.startIndex,
        let colon = line[..<space].firstIndex(of: Byte.colon), colon > line.startIndex
      else { throw DataError.malformedQuestion(file: file, line: number) }
      let values = [line[(space + 1)...], line[..<colon], line[..<space]].map(Self.text)
      examples.append(
        Example(
          text: values[roles.text], pair: roles.pair.map { values[$0] },
          label: roles.label.map { values[$0] }, line: number))
    }
    return examples
  }

  /// The text of bytes in UTF-8 or else in ISO 8859-1, in which the published files are.
  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}
