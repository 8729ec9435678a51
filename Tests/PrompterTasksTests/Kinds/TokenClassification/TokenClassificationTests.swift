// SPDX-License-Identifier: Apache-2.0

import PrompterJSON
import Testing

@testable import PrompterTasks

@Suite struct TokenClassificationTests {
  private let training = Tagging.dataset([
    ("Rome is old", "B-X O O"), ("New York slept", "B-X I-X O"),
  ])

  @Test func `tags and their scheme are the training data's`() throws {
    let kind = try Tagging.kind(training)
    #expect(kind.task.labels == ["B-X", "I-X", "O"] && kind.outputCount == 3)
    #expect(kind.task.tagging?.scheme == .iob2)
    #expect(kind.task.metricNames == ["span_f1", "span_precision", "span_recall", "accuracy"])
    #expect(kind.task.selecting(by: "accuracy")?.metricNames.first == "accuracy")
    #expect(
      kind.labelCount(in: training) == 3 && kind.startLabels(in: training) == kind.task.labels)
    let same = Tagging.dataset([("a b", "O O")])
    #expect(complaint { try Tagging.kind(same) }.contains("at least two labels are needed"))
  }

  @Test func `a tag that is none of the scheme is refused with its line`() throws {
    let task = try Tagging.task { $0.tagging?.scheme = .iobes }
    let read = try Tagging.sentences("a O\n\nb O\nc X\n", "data", task: task)
    #expect(
      complaint { try Tagging.kind(read, task) }
        == #"data, line 4: the tag "X" is none of the scheme iobes."#)
  }

  @Test func `a tag that training data lack is refused with its line`() throws {
    let kind = try Tagging.kind(training)
    #expect(throws: Never.self) { try kind.check(training) }
    let read = try Tagging.sentences("a O\n\nb O\nc B-Y\n", "dev.conll")
    #expect(
      complaint { try kind.check(read) }
        == #"dev.conll, line 4: the label "B-Y" is not one of the task's: "B-X", "I-X", "O" "#
        + #"(did you mean "B-X"?)."#)
    let few = TaggedDataset(
      examples: [TaggedSentence(words: ["a", "b"], tags: ["O"], line: 7)], url: read.url)
    #expect(complaint { try kind.check(few) } == "dev.conll, line 7: 2 words have 1 tags.")
    let none = TaggedDataset(examples: [TaggedSentence(words: ["a"])], url: read.url)
    #expect(complaint { try kind.check(none) }.contains("has no label"))
    let blank = TaggedDataset(
      examples: [TaggedSentence(words: ["a"], tags: ["B X"])], url: read.url)
    #expect(
      complaint {
        try Tagging.kind(blank, Tagging.task { $0.labels = ["B X", "O"] })
          .check(blank)
      }.contains("is empty or has a blank"))
  }

  @Test func `a step's terms are its words, or pieces that learn`() throws {
    var reader = try Tagging.reader()
    for (pieces, isLearning, most) in [
      (TaggingDescription.Pieces.first, true, 3), (.all, false, 3), (.all, true, 6),
    ] {
      let kind = try Tagging.kind(training, Tagging.task { $0.tagging?.pieces = pieces })
      reader.isLearning = isLearning
      let examples = Tagging.dataset([("New unbelievableness slept", "B-X I-X O")])
      let rows = try kind.rows(of: kind.question(of: 0, in: examples), by: reader)
      let target = try kind.target(of: 0, in: examples, read: rows)
      let count = kind.weight(of: target)
      #expect(most == 3 ? count == 3 : count > 3)
      #expect(Set(target) == [0, 1, 2] && zip(target, target.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test func `a query has a text or words, and a predicate where one is asked about`() throws {
    let (names, roles) = (
      TokenClassification(try Tagging.task()), TokenClassification(try Tagging.task("conll12"))
    )
    let given = try names.question(of: Query(words: ["New York", "?"]))
    #expect(given.text == "New York ?" && given.words == [0..<8, 9..<10])
    #expect(try names.question(of: Query("Oh, no")).words == [0..<2, 2..<3, 4..<6])
    #expect(throws: TextProblem.isPair) { try names.question(of: Query("a", "b")) }
    #expect(throws: TextProblem.noColumn("predicate")) { try roles.question(of: Query("a")) }
    #expect(try roles.question(of: Query("a", "b")).pair == "b")
    #expect(names.wordColumns == ["tokens", "words"])
  }

  @Test func `an answer tells entities and words with their places`() throws {
    let kind = try Tagging.kind(training)
    let question = try kind.question(of: Query("é New York."))
    let logits: [[Float]] = [[0, 0, 9, 9, 0, 0], [0, 9, 0, 0, 0, 9]]
    let answer = try #require(
      kind.answer(from: logits, of: [], to: question, by: .none) as? TagAnswer)
    #expect(answer.text == "O B-X I-X O")
    let entity = try #require(answer.entities?.first)
    #expect(answer.entities?.count == 1)
    #expect(entity.type == "X" && entity.text == "New York" && entity.range == 2..<10)
    #expect(entity.words == 1..<3)
    let sure = answer.words[0].probability
    #expect(sure > 0.999 && abs(entity.probability - sure * sure) < 1e-12)
    let line = JSONValue.object(answer.members(top: nil)).line
    #expect(
      line.hasPrefix(
        #"{"entities":[{"type":"X","text":"New York","start":2,"end":10,"#
          + #""probability":0.99"#))
    #expect(
      line.contains(
        #""tokens":["é","New","York","."],"tags":["O","B-X","I-X","O"],"#
          + #""offsets":[[0,1],[2,5],[6,10],[10,11]],"probabilities":[0.99"#))
    #expect(answer.table?.rows.count == 1 && answer.table?.columns.count == 5)
  }

  @Test func `nothing is said of no words, and of single words no entities`() throws {
    let kind = try Tagging.kind(training)
    let question = try kind.question(of: Query(" "))
    let none = kind.answer(from: [[1, 2, 3]], of: [], to: question, by: .none)
    #expect(none.text.isEmpty && none.probability == nil)
    let plain = try Tagging.kind(Tagging.dataset([("a b", "N V")]))
    let answer = plain.answer(
      from: [[1, 2]], of: [], to: try plain.question(of: Query("a")), by: .none)
    #expect(answer.text == "V" && answer.table?.rows.count == 1)
    #expect((answer as? TagAnswer)?.entities == nil)
  }

  @Test func `probabilities are fitted to the words that have tags`() throws {
    let kind = try Tagging.kind(training)
    let outputs: [[[Float]]] = (0..<60).map {
      [$0 % 3 == 0 ? [0, 8, 0, 1, 1, 1] : [8, 0, 0, 1, 1, 1]]
    }
    let fitted = try #require(kind.temperature(of: outputs, for: outputs.map { _ in [0, -1] }))
    #expect(fitted.value > 1.5)
  }

  @Test func `what is counted of a file are its tags`() throws {
    let summary = DatasetSummary(of: training)
    #expect(summary.labels.map(\.label) == ["B-X", "I-X", "O"])
    #expect(summary.labels.map(\.count) == [2, 1, 3] && summary.unlabelled == 0)
  }
}
