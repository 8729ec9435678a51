// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A file of SQuAD, in its first version or its second.
private struct SQuADFile: Decodable {
  struct Article: Decodable {
    let paragraphs: [Paragraph]
  }
  struct Paragraph: Decodable {
    let context: String
    let qas: [Question]
  }
  struct Question: Decodable {
    let question: String
    let answers: [Answer]?
    let is_impossible: Bool?
  }
  struct Answer: Decodable {
    let text: String
  }
  let data: [Article]
}

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
    let articles = try objects.decode(.init(range: text, line: 1), SQuADFile.self).data
    var examples: [TextToTextExample] = []
    for paragraph in articles.lazy.flatMap(\.paragraphs) where examples.count < limit {
      for question in paragraph.qas {
        examples.append(
          example(
            ["question": question.question, "context": paragraph.context],
            targets: Self.targets(of: question), line: examples.count + 1))
      }
    }
    return examples
  }

  // Several people answered each question, often alike.
  private static func targets(of question: SQuADFile.Question) -> [String] {
    if question.is_impossible == true { return [unanswerable] }
    var targets: [String] = []
    for answer in question.answers ?? [] where !targets.contains(answer.text) {
      targets.append(answer.text)
    }
    return targets
  }
}
