// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// An answer to a question on a paragraph, right or wrong: an example of MultiRC.
struct JudgedAnswer {
  var paragraph: String
  var question: String
  var answer: String
  /// Whether it is right, as the file spells it.
  var label: String?
  /// The same for all answers to one question, which are scored together.
  var group: String
  var line: Int

  /// The columns of flat copies that must be there.
  static let columns = ["paragraph", "question", "answer"]
  /// The column of flat copies that numbers paragraphs and questions.
  static let numbers = "idx"

  /// Whether a file has objects within objects, as SuperGLUE's own has.
  static func areNested(in objects: JSONObjects) throws -> Bool {
    try objects.holdsObject(at: "passage")
  }

  /// The answers of a line of SuperGLUE's own file: a passage, its questions, and for each some
  /// answers, right and wrong.
  static func all(in row: JSONField, line: Int) throws -> [JudgedAnswer] {
    let passage = try row.member("passage")
    let paragraph = withoutMarkup(try passage.member("text").text())
    return try passage.member("questions").elements().enumerated().flatMap { number, question in
      let text = withoutMarkup(try question.member("question").text())
      return try question.member("answers").elements().map { answer in
        JudgedAnswer(
          paragraph: paragraph, question: text,
          answer: withoutMarkup(try answer.member("text").text()),
          label: try answer.memberIfPresent("label")?.label(), group: "\(line)-\(number)",
          line: line)
      }
    }
  }

  /// The answers of flat rows, one in each.
  static func all(in rows: [TextRow]) -> [JudgedAnswer] {
    var groups: [[UTF8Key]: Int] = [:]
    return rows.map { row in
      let question = Self.question(of: row).map(UTF8Key.init)
      let group = groups[question] ?? groups.count
      groups[question] = group
      func text(_ column: String) -> String { withoutMarkup(row.values[column] ?? "") }
      return JudgedAnswer(
        paragraph: text("paragraph"), question: text("question"), answer: text("answer"),
        label: row.targets.first, group: "question \(group)", line: row.line)
    }
  }

  // The numbers of paragraph and question, which the column `idx` of most copies has in an object,
  // or else their texts.
  private static func question(of row: TextRow) -> [String] {
    if let numbers = row.values[Self.numbers],
      let paragraph = number(after: "paragraph", in: numbers),
      let question = number(after: "question", in: numbers)
    {
      return [paragraph, question]
    }
    return [row.values["paragraph"] ?? "", row.values["question"] ?? ""]
  }

  // As in {'paragraph': 3, 'question': 1}, whoever wrote the object.
  private static func number(after name: StaticString, in text: String) -> String? {
    guard let rest = text.split(atFirst: name)?.after.utf8.drop(while: { !(0x30...0x39 ~= $0) })
    else { return nil }
    let digits = rest.prefix { 0x30...0x39 ~= $0 }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }

  /// A text without the breaks and bold numbers that some passages are written with.
  static func withoutMarkup(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
    return text.replacingBytes("<br>", with: " ").replacingBytes("<b>", with: "")
      .replacingBytes("</b>", with: "")
  }
}

extension JSONObjects {
  /// Whether the first object has another in a member.
  func holdsObject(at member: String) throws -> Bool {
    guard let first = try places().first else { return false }
    return try object(at: first).memberIfPresent(member)?.isObject == true
  }
}
