// SPDX-License-Identifier: Apache-2.0

extension TextToTextReader {
  /// E2E's table: meanings `name[Alimentum], area[city centre]` and sentences that say them.
  func meaningExamples(in rows: [TextRow]) -> [TextToTextExample] {
    meaningExamples(
      of: rows.map { row in
        (
          Self.linear(row.values["mr"] ?? ""), row.targets.filter { !$0.isEmpty }, row.line
        )
      })
  }

  /// The same as lines of `name : Alimentum | area : city centre||sentence`.
  func meaningExamples(inLines bytes: [UInt8]) throws -> [TextToTextExample] {
    var rows: [(meaning: String, sentences: [String], line: Int)] = []
    var lines = Lines(bytes)
    while let (range, number) = lines.next() {
      let line = String(decoding: bytes[range], as: UTF8.self)
      guard let bars = line.firstRange(of: "||") else {
        throw DataError.malformedExample(
          file: file, line: number, reason: "a line should read \"meaning||sentence\"")
      }
      let sentence = Self.trimmed(line[bars.upperBound...])
      rows.append(
        (Self.trimmed(line[..<bars.lowerBound]), sentence.isEmpty ? [] : [sentence], number))
    }
    return meaningExamples(of: rows)
  }

  // In an evaluation a meaning comes once, with every sentence that the file has for it.
  private func meaningExamples(
    of rows: [(meaning: String, sentences: [String], line: Int)]
  ) -> [TextToTextExample] {
    var examples: [TextToTextExample] = []
    var places: [String: Int] = [:]
    for row in rows {
      if purpose == .evaluation, let place = places[row.meaning] {
        examples[place].targets += row.sentences
      } else {
        places[row.meaning] = examples.count
        examples.append(example(["mr": row.meaning], targets: row.sentences, line: row.line))
      }
    }
    return examples
  }

  /// `name[Alimentum], area[city centre]` as `name : Alimentum | area : city centre`, the form that
  /// prefix tuning reads (Li and Liang 2021); another text stays as it is.
  static func linear(_ meaning: String) -> String {
    var parts: [String] = []
    var rest = trimmed(meaning)[...]
    while !rest.isEmpty {
      guard let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]")
      else { return trimmed(meaning) }
      let name = trimmed(rest[..<open])
      parts.append("\(name) : \(trimmed(rest[rest.index(after: open)..<close]))")
      rest = rest[rest.index(after: close)...].drop { $0 == "," || $0 == " " }
    }
    return parts.joined(separator: " | ")
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace }
    let end = text.lastIndex { !isBlank($0) }
    guard let end else { return "" }
    return String(text[...end].drop(while: isBlank))
  }
}
