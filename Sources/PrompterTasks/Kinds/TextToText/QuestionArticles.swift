// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

extension TextToTextReader {
  /// What is answered where a paragraph holds no answer.
  static let unanswerable = "unanswerable"

  /// SQuAD: the span of a paragraph that answers a question.
  func articleExamples(in bytes: [UInt8]) throws -> [TextToTextExample] {
    // The published files are lists of articles; others may have a list of rows.
    let text = Byte.trimmed(Byte.start(of: bytes)..<bytes.count, of: bytes)
    guard !text.isEmpty, bytes[text.lowerBound] == Byte.openBrace else {
      throw DataError.malformedExample(
        file: file, line: 1, reason: "a SQuAD file is an object with \"data\"")
    }
    let objects = JSONObjects(bytes, file: file, format: .json)
    let root = try objects.object(at: .init(range: text, line: 1))
    var examples: [TextToTextExample] = []
    var budget = InputBudget(file: file, fileSize: bytes.count)
    for article in try root.member("data").elements() {
      for field in try SQuADParagraph.fields(of: article) where examples.count < limit {
        let paragraph = try SQuADParagraph(field)
        for question in paragraph.questions {
          let example = example(
            ["question": question.text, "context": paragraph.context],
            targets: try Self.targets(of: question), line: examples.count + 1)
          try budget.add(example.input, line: example.line)
          examples.append(example)
        }
      }
    }
    return examples
  }

  // Several people answered each question, often alike.
  private static func targets(of question: SQuADQuestion) throws -> [String] {
    if try question.isImpossible() { return [unanswerable] }
    var seen: Set<UTF8Key> = []
    return try (question.answers() ?? []).map(\.text)
      .filter { seen.insert(UTF8Key($0)).inserted }
  }
}
