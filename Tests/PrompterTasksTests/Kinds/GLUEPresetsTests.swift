// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

/// All of GLUE and SuperGLUE for models that read, from the files of their archives.
@Suite struct GLUEPresetsTests {
  private func read(
    _ text: String, as preset: String, named name: String = "train.tsv",
    requiresAnswers: Bool = true, limit: Int? = nil
  ) throws -> Dataset {
    let task = try #require(TaskDescription.preset(preset))
    return try withFolder { folder in
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      return try #require(
        try task.asked().read(
          ExampleFile(file, requiresAnswers: requiresAnswers, limit: limit)) as? Dataset)
    }
  }

  @Test func `every task of both has a preset on encoders`() throws {
    let glue = ["cola", "sst2", "mrpc", "stsb", "qqp", "mnli", "qnli", "rte", "wnli"]
    let superGLUE = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"]
    for name in glue + superGLUE {
      let task = try #require(TaskDescription.preset(name), "\(name)")
      #expect(task.preset == name && !task.isWritten && task.hasHead && task.name == name)
      #expect(TaskDescription.presetNames.contains(name))
    }
    #expect(TaskDescription.preset("cola")?.metricNames == ["matthews_correlation"])
    #expect(TaskDescription.preset("multirc")?.metricNames == ["f1", "question_exact_match"])
    #expect(TaskDescription.preset("record")?.metricNames == ["token_f1", "exact_match"])
  }

  @Test(
    arguments: [
      (
        "qqp",
        "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t1\t2\tWho?\tWhom?\t1\n2\tx\n",
        "Who?", "Whom?", "1"
      ),
      (
        "mnli",
        "index\tpromptID\tpairID\tgenre\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2\tlabel1\tgold_label\n"
          + "0\t1\t1\tg\t(a)\t(b)\ta \"b\tc\tneutral\tentailment\n1\t1\t1\tg\t(a)\t(b)\tx\ty\tneutral\t-\n",
        "a \"b", "c", "entailment"
      ),
      (
        "qnli", "index\tquestion\tsentence\tlabel\n0\tQ?\tS.\tnot_entailment\n", "Q?", "S.",
        "not_entailment"
      ),
      ("wnli", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\t1\n", "a", "b", "1"),
      ("rte", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n", "a", "b", "entailment"),
      ("sst2", "sentence\tlabel\ngood \t1\n", "good ", nil, "1"),
      ("mrpc", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t7\t8\ta\tb\n", "a", "b", "1"),
      ("cola", "gj04\t1\t\tOur friends won't.\n", "Our friends won't.", nil, "1"),
      ("cola", "sentence\tlabel\tidx\nOur friends won't.\t1\t0\n", "Our friends won't.", nil, "1"),
    ] as [(String, String, String, String?, String)])
  func `GLUE's tables are read as they are`(
    preset: String, contents: String, text: String, pair: String?, label: String
  ) throws {
    let examples = try read(contents, as: preset)
    #expect(examples.examples.map(\.text) == [text])
    #expect(examples.examples.map(\.pair) == [pair])
    #expect(examples.examples.map(\.label) == [label])
  }

  @Test func `CoLA's rows have lines though there is no header, and its tests have one`() throws {
    let rows = "gj04\t1\t\ta.\ngj04\t0\t*\tb.\nbroken\ngj04\t1\t\tc.\n"
    let examples = try read(rows, as: "cola")
    #expect(examples.examples.map(\.line) == [1, 2, 4])
    #expect(examples.labels == ["0", "1"] && examples.omissions.rowCount == 1)
    #expect(examples.omissions.columns == ["source", "mark"])
    #expect(try read(rows, as: "cola", limit: 1).examples.map(\.text) == ["a."])
    let test = try read("index\tsentence\n0\ta.\n", as: "cola", requiresAnswers: false)
    #expect(test.examples.map(\.label) == [nil])
    #expect(complaint { try read("a\tb\n", as: "cola") }.contains("train.tsv"))
  }

  @Test func `rows on which annotators did not agree are passed over and counted`() throws {
    let rows = "sentence1\tsentence2\tgold_label\na\tb\t-\nc\td\tneutral\ne\tf\t-1\ng\th\tneutral\n"
    let examples = try read(rows, as: "mnli")
    #expect(examples.examples.map(\.line) == [3, 5])
    #expect(examples.omissions.rowCount == 2 && examples.omissions.firstLine == 2)
    #expect(try read(rows, as: "mnli", limit: 2).count == 2)
    let all = try read(rows, as: "mnli", requiresAnswers: false)
    #expect(all.examples.map(\.label) == [nil, "neutral", nil, "neutral"])
    #expect(
      complaint { try read("sentence1\tsentence2\tgold_label\na\tb\t-\n", as: "mnli") }
        == "train.tsv, line 2 has no label, and one is needed here."
        || complaint { try read("sentence1\tsentence2\tgold_label\na\tb\t-\n", as: "mnli") }
          .hasSuffix("line 2 has no label, and one is needed here.")
    )
  }

  private static let passage =
    #"{"idx": 0, "passage": {"text": "<b>Sent 1: </b>A ran.<br>", "questions": [{"question": "Who?", "answers": [{"text": "A", "label": 1}, {"text": "B", "label": 0}]}, {"question": "When?", "answers": [{"text": "now", "label": 1}]}]}}"#

  @Test func `MultiRC's own file has an example for each answer`() throws {
    let examples = try read(Self.passage, as: "multirc", named: "train.jsonl")
    #expect(examples.examples.map(\.text) == Array(repeating: "Sent 1: A ran. ", count: 3))
    #expect(examples.examples.map(\.pair) == ["Who? A", "Who? B", "When? now"])
    #expect(examples.examples.map(\.label) == ["1", "0", "1"])
    #expect(examples.examples.map(\.group) == ["1-0", "1-0", "1-1"])
    #expect(try read(Self.passage, as: "multirc", named: "a.jsonl", limit: 2).count == 2)
    let flat =
      "paragraph\tquestion\tanswer\tidx\tlabel\nP\tWho?\tA\t{'paragraph': 0, 'question': 1, 'answer': 0}\tTrue\n"
      + "P\tWho?\tB\t{'paragraph': 0, 'question': 1, 'answer': 1}\tFalse\n"
    let rows = try read(flat, as: "multirc").examples
    #expect(rows.map(\.pair) == ["Who? A", "Who? B"] && rows.map(\.label) == ["True", "False"])
    #expect(rows[0].group == rows[1].group && rows[0].group != nil)
    let bare = Self.passage.replacingOccurrences(of: ", \"label\": 0", with: "")
    #expect(
      complaint { try read(bare, as: "multirc", named: "train.jsonl") }
        .hasSuffix("train.jsonl, line 1 has no label, and one is needed here."))
  }

  @Test func `MultiRC is scored over answers and over whole questions`() throws {
    let examples = try read(Self.passage, as: "multirc", named: "train.jsonl")
    let kind = TextClassification(
      try TextClassification(#require(.preset("multirc"))).completed(by: examples))
    func scores(_ labels: [String]) throws -> [String: Double] {
      try kind.evaluation(
        of: labels.map { Evaluation.Answer(text: $0, probability: 1) }, to: examples, name: "p"
      ).metrics
    }
    #expect(try scores(["1", "0", "1"]) == ["f1": 1, "question_exact_match": 1])
    #expect(try scores(["1", "1", "1"]) == ["f1": 0.8, "question_exact_match": 0.5])
    #expect(
      try kind.baseline(of: examples, on: examples) == ["f1": 0.8, "question_exact_match": 0.5])
  }

  @Test func `MultiRC's queries have a paragraph, a question and an answer`() throws {
    let kind = TextClassification(try #require(.preset("multirc")))
    let columns = ["paragraph": "P", "question": "Q?", "answer": "A"]
    #expect(try kind.question(of: Query(columns: columns)) == Question("P", "Q? A"))
    #expect(try kind.question(of: Query("P", "Q? A")) == Question("P", "Q? A"))
    #expect(throws: TextProblem.noColumn("answer")) {
      try kind.question(of: Query(columns: ["paragraph": "P", "question": "Q?"]))
    }
  }
}

extension TaskKind {
  fileprivate func read(_ file: ExampleFile) throws -> any ExampleSet {
    try examples(of: file, for: .training)
  }
}
