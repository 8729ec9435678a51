// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

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
      guard let (meaning, sentence) = line.split(atFirst: "||") else {
        throw DataError.malformedExample(
          file: file, line: number, reason: "a line should read \"meaning||sentence\"")
      }
      rows.append((meaning.trimmed, sentence.trimmed.isEmpty ? [] : [sentence.trimmed], number))
    }
    return meaningExamples(of: rows)
  }

  // In an evaluation a meaning comes once, with every sentence that the file has for it.
  private func meaningExamples(
    of rows: [(meaning: String, sentences: [String], line: Int)]
  ) -> [TextToTextExample] {
    var examples: [TextToTextExample] = []
    var places: [UTF8Key: Int] = [:]
    for row in rows {
      if purpose == .evaluation, let place = places[UTF8Key(row.meaning)] {
        examples[place].targets += row.sentences
      } else {
        places[UTF8Key(row.meaning)] = examples.count
        examples.append(example(["mr": row.meaning], targets: row.sentences, line: row.line))
      }
    }
    return examples
  }

  /// `name[Alimentum], area[city centre]` as `name : Alimentum | area : city centre`, the form that
  /// prefix tuning reads (Li and Liang 2021); another text stays as it is.
  static func linear(_ meaning: String) -> String {
    var parts: [String] = []
    var rest = meaning.trimmed.utf8[...]
    while !rest.isEmpty {
      guard let open = rest.firstIndex(of: UInt8(ascii: "[")),
        let close = rest[open...].firstIndex(of: UInt8(ascii: "]"))
      else { return meaning.trimmed }
      let (name, value) = (rest[..<open], rest[rest.index(after: open)..<close])
      parts.append("\(trimmed(name)) : \(trimmed(value))")
      rest = rest[rest.index(after: close)...].drop {
        $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ")
      }
    }
    return parts.joined(separator: " | ")
  }

  private static func trimmed(_ bytes: Substring.UTF8View) -> String {
    String(decoding: bytes, as: UTF8.self).trimmed
  }
}
