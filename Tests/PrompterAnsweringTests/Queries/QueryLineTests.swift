// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterJSON
import PrompterTasks
import Testing

@testable import PrompterAnswering

@Suite struct QueryLineTests {
  private let plain = columns()

  // Those of a prompt of which nothing is known, or of a template with these columns.
  private static func columns(_ names: [String] = []) -> QueryColumns {
    var task = TaskDescription(kind: names.isEmpty ? .textClassification : .textToText)
    if !names.isEmpty, let template = try? TextTemplate(names.map { "{\($0)}" }.joined()) {
      task.text = TextToTextDescription(template: template, metrics: [])
    }
    return QueryColumns(
      of: PromptCard(
        method: .headOnly, task: task, promptLength: 0, promptLayers: nil, pooling: .cls,
        maximumLength: 8,
        backbone: PromptCard.BackboneIdentity(
          name: "m", family: "bert", layers: 1, width: 8, parameters: 1, sha256: nil),
        trainableParameters: 0))
  }

  private func read(_ line: String) throws -> QueryLine {
    try QueryLine(QueryRecord(line: 1, content: .object(Array(line.utf8))))
  }

  private func query(_ line: String, columns names: [String] = []) throws -> Query {
    let line = try read(line)
    try line.checkID()
    return try line.query(columns: Self.columns(names), task: Self.name(line.tasks()))
  }

  @Test func `of equal keys in a query the last holds`() throws {
    let line =
      #"{"text":1,"text":"second","id":1,"id":"b","task":"x","task":"y","pair":"p","pair":null}"#
    #expect(try query(line) == Query("second", nil, task: "y"))
    #expect(try read(line).id == .string("b"))
    #expect(
      try query(#"{"a":"1","b":"2","a":"3","c":5}"#, columns: ["a", "b", "c"])
        == Query("", columns: ["a": "3", "b": "2"]))
  }

  @Test func `columns that may hold any value are taken as they are spelled`() throws {
    func columns(_ preset: String) throws -> QueryColumns {
      QueryColumns(
        of: PromptCard(
          method: .headOnly, task: try #require(.preset(preset)), promptLength: 0,
          promptLayers: nil, pooling: .cls, maximumLength: 8,
          backbone: PromptCard.BackboneIdentity(
            name: "m", family: "bert", layers: 1, width: 8, parameters: 1, sha256: nil),
          trainableParameters: 0))
    }
    let words = try read(
      #"{"sentence1":"a","sentence2":"b","word":"c","start1":0,"end1":1,"start2":"2","label":null}"#
    )
    #expect(
      try words.query(columns: columns("wic"), task: nil)
        == Query(
          columns: ["text": "a", "pair": "b", "start1": "0", "end1": "1", "start2": "2"]))
    let choices = try read(#"{"question":"a","options":["b", "c"],"endingB":4,"ending0":null}"#)
    #expect(
      try choices.query(columns: columns("multiple-choice"), task: nil)
        == Query(columns: ["text": "a", "choices": #"["b", "c"]"#, "choice2": "4"]))
    #expect(try columns("copa").names == ["premise", "question", "choices", "text"])
    #expect(throws: QueryFailure.self) {
      try read(#"{"other":"a"}"#).query(columns: columns("copa"), task: nil)
    }
  }

  @Test func `half of a surrogate pair costs a query one character`() throws {
    #expect(
      try query(#"{"text":"cut \ud83d","pair":"\ude00"}"#) == Query("cut \u{FFFD}", "\u{FFFD}"))
  }

  @Test func `bytes that are not UTF-8 cost a query one character each`() throws {
    let bytes = Array(#"{"id":7,"text":"a"#.utf8) + [0xFF] + Array(#"b"}"#.utf8)
    let line = try QueryLine(QueryRecord(line: 1, content: .object(bytes)))
    #expect(try line.query(columns: plain, task: nil) == Query("a\u{FFFD}b"))
    #expect(line.id == .spelled("7"))
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

  @Test func `a query without a template's columns is told their names`() {
    #expect(throws: QueryFailure("The query has no field `a`, `b`, nor `text`.")) {
      try query("{}", columns: ["a", "b"])
    }
  }

  private static func name(_ tasks: QueryTasks?) -> String? {
    if case .one(let name) = tasks { name } else { nil }
  }

  @Test func `a query may name several tasks`() throws {
    func tasks(_ json: String) throws -> QueryTasks? {
      var reader = QueryReader(text: json, as: .jsonl)
      return try QueryLine(try reader.next(atMost: 1)[0]).tasks()
    }
    #expect(try tasks(#"{"tasks": ["a", "b"], "text": "x"}"#) == .several(["a", "b"]))
    #expect(try tasks(#"{"task": "a", "tasks": null}"#) == .one("a"))
    #expect(throws: QueryFailure("The query names a `task` and `tasks`.")) {
      try tasks(#"{"task": "a", "tasks": ["b"]}"#)
    }
    for wrong in ["[]", #""a""#, "[1]", "{}", #"["a", null]"#] {
      #expect(throws: QueryFailure("The field `tasks` should be a list of names.")) {
        try tasks(#"{"tasks": \#(wrong)}"#)
      }
    }
  }

  @Test func `a row of a table is a query by its columns' names`() throws {
    var reader = QueryReader(text: "ID,Task,text,more\n7,mood,good,x\n,,,y\n", as: .csv)
    let lines = try reader.next(atMost: 9).map(QueryLine.init)
    #expect(lines.map(\.id) == [.string("7"), .null])
    #expect(try lines.map { try $0.tasks() } == [.one("mood"), nil])
    #expect(
      try lines.map { try $0.query(columns: plain, task: Self.name($0.tasks())) }
        == [Query("good", task: "mood"), Query("")])
  }

  @Test func `a text that stands alone is the query, whatever it looks like`() throws {
    var reader = QueryReader(text: "{\"text\": 1}\n  two words \n", as: .text)
    let queries = try reader.next(atMost: 9).map {
      try QueryLine($0).query(columns: plain, task: "t")
    }
    #expect(queries == [Query("{\"text\": 1}", task: "t"), Query("  two words ", task: "t")])
  }

  @Test func `a query's keys take time in proportion to their length`() throws {
    let marks = "a" + String(repeating: "\u{301}\u{316}", count: 100_000)
    let line = #"{"text":"a","\#(marks)":1,"\#(marks)":2}"#
    let time = try ContinuousClock().measure { _ = try query(line) }
    #expect(time < .seconds(2))
  }
}
