// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTasks
import Testing

@Suite struct DatasetTests {
  @Test(arguments: [
    ("a.jsonl", "{\"text\": \"good\", \"label\": 1}\n"),
    ("a.ndjson", "{\"text\": \"good\", \"label\": 1}\n"),
    ("a.json", "[{\"text\": \"good\", \"label\": 1}]"),
    ("a.TSV", "text\tlabel\ngood\t1\n"),
    ("a b.csv", "text,label\n\"good\",1\n"),
    ("a.label", "1:x good\n"),
  ])
  func `the extension says how a file is written`(name: String, text: String) throws {
    try withFolder { folder in
      let url = folder.appending(path: name)
      try Data(text.utf8).write(to: url)
      let dataset = try Dataset(contentsOf: url)
      #expect(dataset.examples.map(\.text) == ["good"])
      #expect(dataset.examples.map(\.label) == ["1"])
      #expect(dataset.url == url)
    }
  }

  @Test func `a file that is not there is named`() {
    let url = URL(filePath: "nowhere/my data.tsv")
    #expect(complaint { try Dataset(contentsOf: url) } == "nowhere/my data.tsv: no such file.")
    #expect(DataError.fileNotFound(file: "a").isMissingInput)
    #expect(!DataError.noExamples(file: "a").isMissingInput)
  }

  @Test func `a folder is not a data set`() throws {
    try withFolder { folder in
      let url = folder.appending(path: "sst2.tsv")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      let sentence = complaint { try Dataset(contentsOf: url) }
      #expect(sentence.hasSuffix("sst2.tsv cannot be read: it is a folder."))
    }
  }

  @Test func `an unknown extension is refused with the known ones`() throws {
    try withFolder { folder in
      let url = folder.appending(path: "a.xml")
      try Data("<a/>".utf8).write(to: url)
      #expect(
        complaint { try Dataset(contentsOf: url) }.hasSuffix(
          "a.xml ends in \".xml\"; data files end in .jsonl, .json, .tsv, .csv, .txt or .label, "
            + "packed with .gz or .zst."))
    }
  }

  @Test func `labels are ordered by value if all are numbers and else by spelling`() {
    #expect(dataset(["10", "9", "-1", "9"]).labels == ["-1", "9", "10"])
    #expect(dataset(["2", "10", "b", "a"]).labels == ["10", "2", "a", "b"])
    #expect(dataset(["true", "false"]).labels == ["false", "true"])
    #expect(dataset(["nan", "1"]).labels == ["1", "nan"])
    #expect(dataset(["1.0", "1", "0.5"]).labels == ["0.5", "1", "1.0"])
    #expect(dataset([nil, nil]).labels.isEmpty)
  }

  @Test func `labels become indices`() throws {
    let space = try LabelSpace(["no", "yes"])
    #expect(try dataset(["yes", "no", "yes"]).labelIndices(in: space) == [1, 0, 1])
  }

  @Test func `a label that the task does not know is told with its line and a guess`() throws {
    let space = try LabelSpace(["entailment", "not_entailment"])
    #expect(
      complaint { try dataset(["entailment", "entailmnt"]).labelIndices(in: space) }
        == "file.tsv, line 3: the label \"entailmnt\" is not one of the task's: "
        + "\"entailment\", \"not_entailment\" (did you mean \"entailment\"?).")
  }

  @Test func `an example without a label has no index`() throws {
    let space = try LabelSpace(["0", "1"])
    #expect(
      complaint { try dataset(["0", nil]).labelIndices(in: space) }
        == "file.tsv, line 3 has no label, and one is needed here.")
  }

  private func dataset(_ labels: [String?]) -> Dataset {
    let examples = labels.enumerated().map { index, label in
      Example(text: "text", label: label, line: index + 2)
    }
    return Dataset(examples: examples, url: URL(filePath: "file.tsv"))
  }
}
