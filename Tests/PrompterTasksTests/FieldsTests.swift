// SPDX-License-Identifier: Apache-2.0

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
      complaint(about: "a\tb\n1\t2\n", as: .tabSeparated)
        == "data has no column for the text (\"text\" or \"sentence1\" or \"premise\" or "
        + "\"question\" or \"#1 String\" or \"sentence\"); its columns are \"a\", \"b\".")
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
    #expect(sentence.count < 1_100)
    #expect(sentence.hasSuffix("x…\" and 18 more."))
  }
}
