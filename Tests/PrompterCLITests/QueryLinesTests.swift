// SPDX-License-Identifier: Apache-2.0

import Foundation
@testable import Prompter
import Testing

@testable import PrompterCLI

@Suite struct QueryLinesTests {
  @Test func `lines are numbered, blank ones counted but passed over`() {
    var reader = LineReader(text: "\u{FEFF}a\r\n\n  \nb\nc")
    #expect(
      reader.next(atMost: 2) == [
        NumberedLine(number: 1, text: "a"), NumberedLine(number: 4, text: "b"),
      ])
    #expect(reader.next(atMost: 2) == [NumberedLine(number: 5, text: "c")])
    #expect(reader.next(atMost: 2).isEmpty)
  }

  @Test func `a missing file is named`() {
    #expect(throws: DataError.fileNotFound(file: "no-such-file.jsonl")) {
      try LineReader(path: "no-such-file.jsonl")
    }
  }

  @Test func `an answer has the documented form`() {
    let prediction = try? JSONDecoder().decode(JSONValue.self, from: Data("7".utf8))
    #expect(
      sample.json(id: prediction ?? .null).line == """
        {"id":7,"task":"mood","label":"good","probability":0.75,\
        "probabilities":{"bad":0.25,"good":0.75}}
        """)
  }

  @Test func `people see the most probable label first`() {
    #expect(
      sample.shown == """
        mood  Probability
        good       0.7500  ###############
        bad        0.2500  #####
        """)
  }

  private let sample = Prediction(
    task: "mood", label: "good", probability: 0.75, labels: ["bad", "good"],
    probabilities: [0.25, 0.75], isCut: false)
}
