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
      for paragraph in try article.member("paragraphs").elements() where examples.count < limit {
        let context = try paragraph.member("context").text()
        for question in try paragraph.member("qas").elements() {
          let example = example(
            ["question": try question.member("question").text(), "context": context],
            targets: try Self.targets(of: question), line: examples.count + 1)
          try budget.add(example.input, line: example.line)
          examples.append(example)
        }
      }
    }
    return examples
  }

  // Several people answered each question, often alike.
  private static func targets(of question: JSONField) throws -> [String] {
    if try question.memberIfPresent("is_impossible")?.truth() == true { return [unanswerable] }
    var seen: Set<UTF8Key> = []
    return try (question.memberIfPresent("answers")?.elements() ?? [])
      .map { try $0.member("text").text() }.filter { seen.insert(UTF8Key($0)).inserted }
  }
}
