// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct FieldsTests {
  @Test(arguments: [
    (["label", "text"], ColumnRoles(text: 1, pair: nil, label: 0)),
    (["text", "pair", "label"], ColumnRoles(text: 0, pair: 1, label: 2)),
    (["index", "sentence1", "sentence2", "label"], ColumnRoles(text: 1, pair: 2, label: 3)),
    (["hypothesis", "idx", "label", "premise"], ColumnRoles(text: 3, pair: 0, label: 2)),
    (["answer", "passage", "question", "title"], ColumnRoles(text: 2, pair: 1, label: 0)),
    (
      ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"],
      ColumnRoles(text: 3, pair: 4, label: 0)
    ),
    (["sentence", "label"], ColumnRoles(text: 0, pair: nil, label: 1)),
    (["Text", "LABEL"], ColumnRoles(text: 0, pair: nil, label: 1)),
    (["Label", "label", "text"], ColumnRoles(text: 2, pair: nil, label: 1)),
  ])
  func `fields are found by the names of public data sets`(
    columns: [String], expected: ColumnRoles
  ) throws {
    #expect(try Fields().roles(in: columns, file: "f", requireLabels: true) == expected)
  }

  @Test func `a column that is needed stands once in the header`() throws {
    func roles(_ columns: [String], _ fields: Fields = Fields()) throws -> ColumnRoles {
      try fields.roles(in: columns, file: "f", requireLabels: true)
    }
    for (columns, column) in [
      (["text", "text", "label"], "text"), (["label", "text", "label"], "label"),
      (["text", "pair", "label", "pair"], "pair"),
    ] {
      let error = DataError.duplicateColumn(file: "f", column: column)
      #expect(throws: error) { try roles(columns) }
      #expect("\(error)" == "f has several columns \"\(column)\"; a header names each once.")
    }
    // What nobody reads may stand there as often as it likes.
    #expect(try roles(["id", "text", "label", "id"]).text == 1)
    #expect(try roles(["text", "text", "a", "label"], Fields(text: "a")).text == 2)
  }

  @Test func `named fields win over those that would be found`() throws {
    let columns = ["text", "pair", "label", "review", "stars"]
    let review = Fields(text: "review", label: "stars")
    #expect(
      try review.roles(in: columns, file: "f", requireLabels: true)
        == ColumnRoles(text: 3, pair: nil, label: 4))
    let onlyLabel = Fields(label: "stars")
    #expect(
      try onlyLabel.roles(in: columns, file: "f", requireLabels: true)
        == ColumnRoles(text: 0, pair: 1, label: 4))
    let onlyPair = Fields(pair: "review")
    #expect(
      try onlyPair.roles(in: columns, file: "f", requireLabels: true)
        == ColumnRoles(text: 0, pair: 3, label: 2))
  }

  @Test func `a label is optional unless it is required`() throws {
    let roles = try Fields().roles(in: ["text"], file: "f", requireLabels: false)
    #expect(roles == ColumnRoles(text: 0, pair: nil, label: nil))
  }

  @Test func `a column that is missing is told with those that are there`() {
    #expect(
      complaint(about: "a\tlabel\n1\t2\n", as: .tabSeparated)
        == "data has no column for the text (\"text\" or \"sentence1\" or \"premise\" or "
        + "\"question\" or \"#1 String\" or \"sentence\"); its columns are \"a\", \"label\".")
    #expect(
      complaint(about: "text\tb\n1\t2\n", as: .tabSeparated)
        == "data has no column for the label (\"label\" or \"answer\" or \"Quality\" or "
        + "\"coarse\"); its columns are \"text\", \"b\".")
    #expect(
      complaint(about: "text\n1\n", as: .tabSeparated, fields: Fields(text: "text", pair: "b"))
        == "data has no column for the pair (\"b\"); its columns are \"text\".")
  }

  @Test func `columns of a file without a header are cut to a readable length`() {
    let header = (1...30).map { "\($0)" + String(repeating: "x", count: 500) }
    let sentence = complaint(about: header.joined(separator: "\t"), as: .tabSeparated)
    #expect(sentence.utf8.count < 500)
    #expect(sentence.contains("x…\" and 27 more, without a column for the text ("))
  }

  @Test func `a table none of whose columns is known may have no header`() {
    #expect(
      complaint(about: "A film.\tgood\n", as: .tabSeparated, fields: Fields(text: "sentence"))
        == "data: has it a header? Its first line is \"A film.\", \"good\", without a column for the "
        + "text (\"sentence\").")
    #expect(
      complaint { try textExamples(of: "A film.\tgood\n", as: .tabSeparated, "text-to-text") }
        == "data: has it a header? Its first line is \"A film.\", \"good\", without a column for the "
        + "input (\"input\").")
  }

  @Test(arguments: [
    ("premise\tlabel", "premise", "hypothesis"), ("hypothesis\tlabel", "hypothesis", "premise"),
    ("sentence1\tidx\tlabel", "sentence1", "sentence2"),
  ])
  func `one of two columns that belong together is told by its partner`(
    header: String, found: String, partner: String
  ) {
    #expect(
      complaint(about: header + "\n", as: .tabSeparated).hasPrefix(
        "data has the column \"\(found)\", but not its partner \"\(partner)\"; its columns are "))
  }

  @Test func `columns that no field takes are noted`() throws {
    var omissions = Omissions()
    let reader = ExampleReader(file: "data", fields: Fields(), requireLabels: true, limit: .max)
    for (text, format) in [
      ("title,text,label,idx\na,b,c,1\n", DataFormat.commaSeparated),
      (#"{"title": "a", "text": "b", "label": "c", "idx": 1}"#, .jsonLines),
    ] {
      _ = try reader.examples(in: Array(text.utf8), format: format, noting: &omissions)
      #expect(omissions.columns == ["title", "idx"])
      #expect(omissions.columnSentence == "not read: \"title\", \"idx\"")
      #expect(omissions.rowSentence == nil)
    }
  }

  @Test func `a task about two texts takes no column for one`() throws {
    let task = try #require(TaskDescription.preset("rte"))
    try withFolder { folder in
      let file = folder.appending(path: "a.jsonl")
      let row = #"{"text": "t", "sentence1": "a", "sentence2": "b", "label": "entailment"}"#
      try Data(row.utf8).write(to: file)
      let read = try Dataset(contentsOf: file, task: task).examples
      #expect(read == [Example(text: "a", pair: "b", label: "entailment")])
      try Data(#"{"text": "t", "label": "entailment"}"#.utf8).write(to: file)
      #expect(
        complaint { try Dataset(contentsOf: file, task: task) }
          .contains("has the column \"text\", but not its partner \"pair\""))
      try Data(#"{"body": "t", "label": "entailment"}"#.utf8).write(to: file)
      #expect(
        complaint { try Dataset(contentsOf: file, task: task) }
          .contains("has no column for the text and pair (\"sentence1 and sentence2\" or "))
    }
  }

  @Test func `columns that look alike are two`() {
    #expect(Fields.position(of: "caf\u{E9}", in: ["cafe\u{301}", "caf\u{E9}"]) == 1)
    #expect(Fields.position(of: "CAF\u{C9}", in: ["cafe\u{301}", "caf\u{E9}"]) == 1)
    #expect(Fields.position(of: "cafe", in: ["cafe\u{301}"]) == nil)
  }
}
