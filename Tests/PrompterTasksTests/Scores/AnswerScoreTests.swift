// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

@testable import PrompterTasks

@Suite struct AnswerScoreTests {
  private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fixtures/answers/scores.jsonl").standardizedFileURL

  // Scripts/make-answer-fixtures.py says what a line is.
  private struct Line {
    let answer: String
    let right: [String]
    let one: (exact: Double, f1: Double)?
    let two: (exact: Double, f1: Double)

    init(_ text: Substring) throws {
      let parts = try #require(SpelledJSON(Array(text.utf8)).elements)
      try #require(parts.count == 6)
      let numbers = parts[2...].map { Double($0.spelling) }
      answer = try #require(parts[0].string)
      right = try #require(parts[1].elements).compactMap(\.string)
      if let exact = numbers[0], let f1 = numbers[1] { one = (exact, f1) } else { one = nil }
      two = (try #require(numbers[2]), try #require(numbers[3]))
    }
  }

  @Test func `a thousand answers score as by SQuAD's programs`() throws {
    let lines = try String(contentsOf: Self.fixture, encoding: .utf8).split(separator: "\n")
      .map(Line.init)
    #expect(lines.count == 1_000)
    for line in lines {
      let two = AnswerScore(of: line.answer, line.right, allowsNoAnswer: true)
      #expect(two.exactMatch == line.two.exact, "\(line)")
      #expect(abs(two.f1 - line.two.f1) < 1e-6, "\(line)")
      guard let expected = line.one else { continue }
      let one = AnswerScore(of: line.answer, line.right, allowsNoAnswer: false)
      #expect(one.exactMatch == expected.exact, "\(line)")
      #expect(abs(one.f1 - expected.f1) < 1e-6, "\(line)")
    }
  }

  @Test func `no answer is right where there is none, and only there`() {
    #expect(AnswerScore(of: "", [], allowsNoAnswer: true).f1 == 1)
    #expect(AnswerScore(of: "", [], allowsNoAnswer: true).exactMatch == 1)
    #expect(AnswerScore(of: "cat", [], allowsNoAnswer: true).f1 == 0)
    #expect(AnswerScore(of: "", ["cat"], allowsNoAnswer: true).f1 == 0)
    // The program of 1.1 gives an exact match and no F1.
    let empty = AnswerScore(of: "", ["the"], allowsNoAnswer: false)
    #expect(empty.exactMatch == 1 && empty.f1 == 0)
  }
}
