// SPDX-License-Identifier: Apache-2.0

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
    #expect(
      sample.json(id: .spelled("7")).line == """
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

  @Test func `line ends of any text are found byte by byte`() {
    let marks = "a" + String(repeating: "\u{301}\u{316}", count: 100_000)
    var reader = LineReader(text: "\(marks)\r\n\u{301}x\n\n\u{2028}\ny")
    #expect(reader.next(atMost: 9).map(\.number) == [1, 2, 5])
  }

  private func query(_ line: String, columns: [String] = []) throws -> Query {
    let line = try QueryLine(line)
    try line.checkID()
    return try line.query(columns: columns)
  }

  @Test func `of equal keys in a query the last holds`() throws {
    let line =
      #"{"text":1,"text":"second","id":1,"id":"b","task":"x","task":"y","pair":"p","pair":null}"#
    #expect(try query(line) == Query("second", nil, task: "y"))
    #expect(try QueryLine(line).id == .string("b"))
    #expect(
      try query(#"{"a":"1","b":"2","a":"3","c":5}"#, columns: ["a", "b", "c"])
        == Query("", columns: ["a": "3", "b": "2"]))
  }

  @Test func `half of a surrogate pair costs a query one character`() throws {
    #expect(
      try query(#"{"text":"cut \ud83d","pair":"\ude00"}"#) == Query("cut \u{FFFD}", "\u{FFFD}"))
  }

  @Test(arguments: [
    ("[1]", "The line is not a JSON object."), ("{", "The line is not valid JSON."),
    (#"{"text":1}"#, "The field `text` should be a string."),
    (#"{"text":"a","task":[]}"#, "The field `task` should be a string."),
    (#"{"text":"a","id":{}}"#, "The field `id` should be a string or a number."),
    ("{}", "The query has no field `text`."),
  ])
  func `a line that is no query is told why`(line: String, sentence: String) {
    #expect(throws: QueryFailure(sentence)) { try query(line) }
  }

  @Test func `a query's keys take time in proportion to their length`() throws {
    let marks = "a" + String(repeating: "\u{301}\u{316}", count: 100_000)
    let line = #"{"text":"a","\#(marks)":1,"\#(marks)":2}"#
    let time = try ContinuousClock().measure { _ = try query(line) }
    #expect(time < .seconds(2))
  }

  private let sample = Prediction(
    task: "mood", label: "good", probability: 0.75, labels: ["bad", "good"],
    probabilities: [0.25, 0.75], isCut: false)
}
