// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

/// Published files with their known faults, read as their usual readers read them.
@Suite struct PublishedFilesTests {
  @Test func `QQP's rows that are cut by a line break are passed over and counted`() throws {
    let text =
      "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t1\t2\tWho?\tWhom?\t0\n"
      + "2\t3\t4\tWhat is x?\tWhat\n\"\tIs x y?\t0\n3\t5\t6\tHow?\tHow so?\t1\n"
    let read = try textExamples(of: text, as: .tabSeparated, "qqp", isNamed: false)
    #expect(
      read.map(\.input) == [
        "question1: Who? question2: Whom?", "question1: How? question2: How so?",
      ])
    #expect(read.map(\.line) == [2, 5])
    let omissions = try textOmissions(of: text, as: .tabSeparated, "qqp")
    #expect(omissions.rowCount == 2 && omissions.firstLine == 3)
    #expect(
      omissions.rowSentence
        == "2 lines were passed over, the first of them line 3: they are not whole rows, or have no "
        + "label")
  }

  @Test func `a user's own table is refused where a row does not fit`() throws {
    let text = "input\ttarget\na\tb\nc\n"
    #expect(
      complaint { try textExamples(of: text, as: .tabSeparated, "text-to-text") }
        == "data, line 3 has 1 column; the header has 2.")
  }

  @Test func `rows of SNLI with fields of all annotators, or without a label, are passed over`()
    throws
  {
    let text =
      "index\tsentence1\tsentence2\tlabel1\tgold_label\n0\ta\tb\tneutral\tneutral\n"
      + "1\ta\tb\tneutral\tneutral\tentailment\tneutral\tneutral\tneutral\n2\tc\td\tneutral\t-\n"
      + "3\te\tf\tentailment\tentailment\n"
    let read = try textExamples(of: text, as: .tabSeparated, "mnli")
    #expect(read.map(\.line) == [2, 5])
    #expect(try textExamples(of: text, as: .tabSeparated, "mnli", limit: 2).map(\.line) == [2, 5])
    let omissions = try textOmissions(of: text, as: .tabSeparated, "mnli")
    #expect(omissions.rowCount == 2 && omissions.firstLine == 3)
    let bare = "sentence1\tsentence2\tgold_label\na\tb\t-\n"
    #expect(
      complaint { try textExamples(of: bare, as: .tabSeparated, "mnli") }
        == "data, line 2 has no label, and one is needed here.")
  }

  @Test func `MRPC is read from Microsoft's own text files`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "msr_paraphrase_train.txt")
      let text =
        "\u{FEFF}Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tHe said \"a\tb\r\n0\t7\r\n"
      try Data(text.utf8).write(to: file)
      let task = try #require(TaskDescription.preset("mrpc"))
      let read = try Dataset(contentsOf: file, task: task)
      #expect(read.examples == [Example(text: "He said \"a", pair: "b", label: "1", line: 2)])
      #expect(read.omissions.rowCount == 1 && read.omissions.firstLine == 3)
      let written = try #require(TaskDescription.textToText("mrpc"))
      #expect(
        try TextToTextDataset(contentsOf: file, task: written, for: .training).examples
          .map(\.targets) == [["equivalent"]])
      let other = try #require(TaskDescription.preset("sst2"))
      #expect(
        complaint { try Dataset(contentsOf: file, task: other) }
          .contains("no column for the text"))
    }
  }

  @Test func `STS-B is read from its own tables, which have no header and unequal rows`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "sts-train.csv")
      let text =
        "main-captions\tMSRvid\t2012test\t0001\t5.000\tA plane, \"off\".\tAn air plane.\n"
        + "main-news\tMSRpar\t2012\t0002\t1.2\tc\td\thttp://a\thttp://b\nbroken\n"
      try Data(text.utf8).write(to: file)
      let task = try #require(TaskDescription.textToText("stsb"))
      let read = try TextToTextDataset(contentsOf: file, task: task, for: .evaluation)
      #expect(
        read.examples.map(\.input) == [
          "stsb sentence1: A plane, \"off\". sentence2: An air plane.",
          "stsb sentence1: c sentence2: d",
        ])
      #expect(read.examples.map(\.targets) == [["5.0"], ["1.2"]])
      #expect(read.omissions.rowCount == 1 && read.omissions.firstLine == 3)
    }
  }

  @Test func `a file none of whose rows fits its header is refused`() {
    #expect(
      complaint { try textExamples(of: "sentence\tlabel\na\na\n", as: .tabSeparated, "sst2") }
        == "data, line 2 has 1 column; the header has 2.")
  }
}
