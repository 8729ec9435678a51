// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct DataTextTests {
  @Test(arguments: [
    ("{\"text\":\"a\"}\n{\"text\":\"b\"}\n", DataFormat.jsonLines),
    ("{\"text\":\"a\"}", .jsonLines),
    ("[{}]", .json), ("{\n\"text\":[\"a\"]}", .json), ("{\"text\":[\"a\"]}\n", .json),
    ("{\"a\":[1]}\n{\"a\":[2]}\n", .jsonLines),
    ("\u{FEFF}__label__x a\n", .fastText), ("text\tlabel\n", .tabSeparated),
    ("x\ta, b\ny\tc, d\n", .tabSeparated), ("text,label\na,1\n", .commaSeparated),
    ("text;label\na,b;1\n", .commaSeparated), ("text,label\na,b,1\n", .commaSeparated),
    ("a\tb\tc\nd\te\n", .tabSeparated), ("text\na\n", .commaSeparated),
    ("One sentence, or so.\nAnother.\n", .lines), ("", .lines),
  ])
  func `what a text begins like tells its format`(text: String, format: DataFormat) {
    #expect(DataFormat(found: Array(text.utf8), delimiter: nil) == format)
  }

  @Test(arguments: ["data", "data.txt", "data.TXT", "data.dat", "data.txt.gz"])
  func `a name that says nothing leaves it to what is inside`(name: String) throws {
    try withFolder { folder in
      let file = folder.appending(path: name)
      try Data("label\ttext\nx\ta\n".utf8).write(to: file)
      #expect(try Dataset(contentsOf: file).examples == [Example(text: "a", label: "x", line: 2)])
      try Data("label,text\nx,a\n".utf8).write(to: file)
      #expect(try Dataset(contentsOf: file).examples.map(\.text) == ["a"])
    }
  }

  @Test func `a form says what the name does not`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "train.en")
      try Data("__label__x a\n".utf8).write(to: file)
      #expect(
        complaint { try Dataset(contentsOf: file) }.contains("train.en ends in \".en\"; data files")
      )
      let read = try Dataset(contentsOf: file, form: FileForm(format: .fastText))
      #expect(read.examples == [Example(text: "a", label: "x")])
    }
  }

  @Test func `lines of text have no labels`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "texts.txt")
      try Data("One, two.\nThree\n".utf8).write(to: file)
      #expect(
        complaint { try Dataset(contentsOf: file) }.hasSuffix(
          "has no labels: neither a tab nor a comma nor a semicolon nor a bar parts its lines "
            + "alike."))
      let read = try Dataset(contentsOf: file, requireLabels: false)
      #expect(read.examples == [Example(text: "One, two."), Example(text: "Three", line: 2)])
      let free = try #require(TaskDescription.textToText("text-to-text"))
      #expect(
        try TextToTextDataset(
          contentsOf: file, task: free, for: .evaluation, requireTargets: false
        ).examples.map(\.input) == ["One, two.", "Three"])
    }
  }

  @Test func `files that hold no text are named`() throws {
    try withFolder { folder in
      for (name, start, kind) in [
        ("a.parquet", "PAR1", "a Parquet file; save it as JSON lines, by DuckDB"),
        ("b.csv", "PK\u{3}\u{4}", "a zip archive"),
      ] {
        let file = folder.appending(path: name)
        try Data(start.utf8).write(to: file)
        #expect(complaint { try Dataset(contentsOf: file) }.contains("\(name) is \(kind)"))
      }
      let file = folder.appending(path: "c.csv")
      let packed: [(start: [UInt8], program: String)] = [
        (Array("BZh91AY".utf8), "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
      ]
      for (start, program) in packed {
        try Data(start).write(to: file)
        #expect(
          complaint { try Dataset(contentsOf: file) }.hasSuffix(
            "c.csv is packed with \(program); unpack it, or pack it with gzip or Zstandard."))
      }
    }
  }

  @Test(arguments: [
    (
      "NUM:x a\n", DataFormat.trec, FileForm(delimiter: .tab),
      "TREC's lines, where there is no delim"
    ),
    ("{}", .jsonLines, FileForm(delimiter: .tab), "JSON lines, where there is no delimiter"),
    ("text\na\n", .commaSeparated, FileForm(records: "x"), "commas, where there is no list of"),
    ("a\n", .lines, FileForm(columns: ["text"]), "lines of text, where there is no column to"),
    ("{\"text\":\"a\"}", .json, FileForm(columns: ["text"]), "JSON, where there is no column to"),
  ])
  func `what does not fit a format is refused`(
    text: String, format: DataFormat, form: FileForm, sentence: String
  ) {
    #expect(
      complaint { try examples(of: text, as: format, requireLabels: false, form: form) }
        .contains("is read as "))
    #expect(
      complaint { try examples(of: text, as: format, requireLabels: false, form: form) }
        .contains(sentence))
  }
}
