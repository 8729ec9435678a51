// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterJSON
import Testing

@testable import PrompterTasks

@Suite struct SpanAnswerTests {
  private let context = "é🙂 cd ef"

  // Starts score 3 at the second token, ends 2 at the third, having none 4.
  private func answer(
    allowsNoAnswer: Bool, _ calibration: Calibration = .none, windows: Int = 1
  ) -> SpanAnswer {
    SpanAnswer(
      SpanSearch(
        [scores(4, starts: [0: 2, 2: 3], ends: [0: 2, 3: 2])], of: [window(tokens(0..<3))],
        longest: 30, keeping: 20),
      in: context, windowCount: windows, allowsNoAnswer: allowsNoAnswer, by: calibration)
  }

  @Test func `the answer is the text as it stands there`() {
    let answer = answer(allowsNoAnswer: false)
    #expect(answer.text == "cd ef")
    #expect(answer.best?.range == 3..<8)
    #expect(answer.candidates.first { $0.range.lowerBound == 0 }?.text.hasPrefix("é🙂") == true)
    #expect(!answer.isNone && answer.noAnswerProbability == nil)
  }

  @Test func `probabilities add up to 1 over all spans and having none`() {
    let certain = answer(allowsNoAnswer: false)
    #expect(abs(certain.candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
    let answer = answer(allowsNoAnswer: true)
    let sum = answer.candidates.reduce(answer.noAnswerProbability ?? 0) { $0 + $1.probability }
    #expect(abs(sum - 1) < 1e-12)
    // exp(4) beside exp(5).
    #expect(
      abs((answer.noAnswerProbability ?? 0) / (answer.probability ?? 1) - exp(-1)) < 1e-12)
  }

  @Test func `a threshold decides when there is none, and probabilities agree`() {
    #expect(answer(allowsNoAnswer: true, Calibration(threshold: -0.9)).text == "cd ef")
    let none = answer(allowsNoAnswer: true, Calibration(threshold: -1.1))
    #expect(none.isNone && none.text.isEmpty && none.best == nil)
    #expect(none.probability == none.noAnswerProbability)
    #expect((none.probability ?? 0) > (none.candidates.first?.probability ?? 1))
    #expect(!answer(allowsNoAnswer: false, Calibration(threshold: -9)).isNone)
  }

  @Test func `a temperature evens shares out and changes no answer`() {
    let (sharp, even) = (
      answer(allowsNoAnswer: true),
      answer(allowsNoAnswer: true, Calibration(temperature: Temperature(10)))
    )
    #expect((even.probability ?? 1) < (sharp.probability ?? 0))
    #expect(even.candidates.map(\.range) == sharp.candidates.map(\.range))
  }

  @Test func `it is told in JSON`() {
    let members = answer(allowsNoAnswer: false, windows: 2).members(top: 1)
    let line = JSONValue.object(members).line
    #expect(line.hasPrefix(#"{"answer":"cd ef","start":3,"end":8,"probability":0."#))
    #expect(line.contains(#","candidates":[{"answer":"cd ef","start":3,"end":8,"#))
    let none = answer(allowsNoAnswer: true, Calibration(threshold: -9)).members(top: nil)
    #expect(JSONValue.object(none).line.hasPrefix(#"{"answer":null,"start":null,"end":null,"#))
    #expect(none.last?.name == "no_answer_probability")
  }

  @Test func `a text without tokens has no answer`() {
    let empty = SpanAnswer(
      SpanSearch([[0, 0]], of: [window([])], longest: 30, keeping: 20), in: "", windowCount: 1,
      allowsNoAnswer: false, by: .none)
    #expect(empty.isNone && empty.text.isEmpty && empty.probability == nil)
  }
}
