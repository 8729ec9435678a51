// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

/// A thousand cases of seqeval's, as Scripts/make-tagging-fixtures.py writes them.
@Suite struct TagScoreTests {
  private static let letters = ["iob1": "BI", "iob2": "BI", "iobes": "BIES"]

  // A letter a word, texts between bars.
  private func texts(_ cell: String, _ tags: [String]) -> [String] {
    cell.split(separator: "|", omittingEmptySubsequences: false).map { text in
      text.unicodeScalars.map { tags[Int($0.value) - 65] }.joined(separator: " ")
    }
  }

  private func kind(_ scheme: String) throws -> TokenClassification {
    TokenClassification(
      try Tagging.task {
        $0.labels =
          ["O"]
          + (Self.letters[scheme] ?? "").flatMap { letter in
            ["PER", "LOC", "C-A1"].map { "\(letter)-\($0)" }
          }
        $0.metrics.append(TagMetric.strictF1.name)
        $0.tagging?.scheme = TagScheme(rawValue: scheme)
      })
  }

  @Test func `scores are seqeval's`() throws {
    let file = Tagging.fixtures.appending(path: "tagging/scores.tsv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 1000)
    for line in lines {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let kind = try kind(cells[0])
      let right = texts(cells[1], kind.task.labels)
      let evaluation = try kind.evaluation(
        of: Tagging.answers(texts(cells[2], kind.task.labels)),
        to: Tagging.dataset(right.map { ($0, $0) }), name: "p")
      let metrics = ["span_precision", "span_recall", "span_f1", "accuracy", "span_f1_strict"]
      for (name, cell) in zip(metrics, cells[3...]) {
        guard let expected = Double(cell) else { continue }
        #expect(abs((evaluation.metrics[name] ?? -1) - expected) < 1e-12, "\(name) of \(line)")
      }
      try check(evaluation, types: cells[8...].map { $0.split(separator: ":").map(String.init) })
    }
  }

  private func check(_ evaluation: Evaluation, types: [[String]]) throws {
    let spans = try #require(evaluation.spans)
    #expect(spans.map(\.type) == types.map { $0[0] })
    for (span, cells) in zip(spans, types) {
      let scores = span.scores
      let gaps = zip([scores.precision, scores.recall, scores.f1], cells.dropFirst()).map {
        abs($0 - (Double($1) ?? .infinity))
      }
      #expect(gaps.allSatisfy { $0 < 1e-12 } && "\(scores.support)" == cells[4])
    }
  }

  @Test func `a predicate's own name does not count`() throws {
    let kind = TokenClassification(
      try Tagging.task("conll05") {
        $0.labels = ["B-A0", "B-V", "O"]
        $0.tagging?.scheme = .iob2
      })
    let examples = Tagging.dataset([("cats sleep", "B-A0 B-V")])
    let evaluation = try kind.evaluation(
      of: Tagging.answers(["O B-V"]), to: examples, name: "p")
    #expect(
      evaluation.metrics == ["span_f1": 0, "span_precision": 0, "span_recall": 0, "accuracy": 0.5])
    #expect(evaluation.spans?.map(\.type) == ["A0"])
  }

  @Test func `tags of single words are scored as labels are`() throws {
    let examples = Tagging.dataset([("cats sleep", "N V"), ("sleep", "V"), ("the cats", "D N")])
    let kind = try Tagging.kind(examples)
    #expect(kind.task.metrics.map(\.rawValue) == ["accuracy", "f1_macro"])
    let evaluation = try kind.evaluation(
      of: Tagging.answers(["N V", "N", "D N"]), to: examples, name: "p")
    #expect(evaluation.metrics["accuracy"] == 0.8)
    #expect(evaluation.confusion?.support(ofClass: 2) == 2 && evaluation.spans == nil)
    #expect(evaluation.labels == ["D", "N", "V"])
  }

  @Test func `a word without an answer is wrong`() throws {
    let examples = Tagging.dataset([("a b c", "B-X I-X O")])
    let evaluation = try Tagging.kind(examples).evaluation(
      of: Tagging.answers(["B-X"]), to: examples, name: "p")
    #expect(evaluation.metrics["accuracy"] == 1.0 / 3)
    #expect(evaluation.metrics["span_f1"] == 0)
  }

  @Test func `the baseline is each word's usual tag`() throws {
    let training = Tagging.dataset([
      ("Rome is Rome", "B-X O B-X"), ("Rome was", "O O"), ("old Rome", "O B-X"),
    ])
    let kind = try Tagging.kind(training)
    let other = Tagging.dataset([("Rome slept", "B-X O"), ("was Paris", "O B-X")])
    let scores = try kind.baseline(of: training, on: other)
    #expect(
      scores["span_recall"] == 0.5 && scores["span_precision"] == 1 && scores["accuracy"] == 0.75)
    // Told by the other texts: `Rome` and `was` of the second are not what they are elsewhere.
    let own = try kind.evaluation(
      of: Tagging.answers(["B-X O B-X", "O O", "O B-X"]), to: training, name: "p")
    #expect(own.metrics["span_f1"] == 1)
    #expect(own.baseline["accuracy"] == 5.0 / 7)
  }

  @Test func `prompts vote word by word`() throws {
    let kind = TokenClassification(try Tagging.task())
    func answer(_ text: String, _ probability: Double) -> Evaluation.Answer {
      Evaluation.Answer(text: text, probability: probability)
    }
    #expect(
      kind.vote(among: [answer("A B C", 0.2), answer("A C D", 0.3), answer("B C E", 0.9)]).text
        == "A C E")
    #expect(kind.vote(among: [answer("", 0)]).text.isEmpty)
  }
}
