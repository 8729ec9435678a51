// SPDX-License-Identifier: Apache-2.0

/// A paragraph of an article as SQuAD's files nest it, with the questions about it.
struct SQuADParagraph {
  /// What the questions are about.
  let context: String
  /// The questions, in the order of the file.
  let questions: [SQuADQuestion]

  /// Reads a paragraph.
  ///
  /// - Throws: ``DataError`` if it has no context, or a question no text.
  init(_ field: JSONField) throws {
    context = try field.member("context").text()
    questions = try field.member("qas").elements().map(SQuADQuestion.init)
  }

  /// The paragraphs of an article.
  ///
  /// - Throws: ``DataError`` if it has none.
  static func fields(of article: JSONField) throws -> [JSONField] {
    try article.member("paragraphs").elements()
  }
}

/// A question about a paragraph.
struct SQuADQuestion {
  /// What is asked.
  let text: String
  private let field: JSONField

  init(_ field: JSONField) throws {
    self.field = field
    text = try field.member("question").text()
  }

  /// What identifies the question, if anything does.
  var id: String? { field.memberIfPresent("id")?.spelling }

  /// Whether the file says that the paragraph has no answer to it.
  func isImpossible() throws -> Bool { try field.memberIfPresent("is_impossible")?.truth() == true }

  /// The answers that people gave, each with its place if it has one; nil if the file has none for
  /// any question.
  func answers() throws -> [(text: String, start: Int?)]? {
    try field.memberIfPresent("answers")?.elements().map {
      (try $0.member("text").text(), try? $0.memberIfPresent("answer_start")?.integer())
    }
  }
}
