// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct TextScoresTests {
  private func scores(
    _ outputs: [String], _ targets: [String], labels: [String] = [], groups: [String?]? = nil
  ) -> TextScores {
    TextScores(
      outputs: outputs,
      examples: targets.enumerated().map { index, target in
        TextToTextExample(input: "", targets: [target], group: groups?[index])
      }, labels: labels)
  }

  @Test func `illegal outputs are wrong and counted`() {
    let scores = scores(
      [" True\n", "false", "False", "maybe"], ["True", "False", "False", "True"],
      labels: ["False", "True"])
    #expect(scores.value(of: .accuracy) == 0.5)
    #expect(scores.illegalShare == 0.5)
    #expect(scores.answerCounts == ["True": 1, "false": 1, "False": 1, "maybe": 1])
    // One true positive; an illegal output each for a false and a true example.
    #expect(scores.value(of: .f1) == 2.0 / (1 + 2 + 1))
    // Each label: precision 1, recall 1/2.
    #expect(abs(scores.value(of: .macroF1) - 2.0 / 3) < 1e-12)
    #expect(scores.values(of: [.accuracy, .f1]) == ["accuracy": 0.5, "f1": 0.5])
  }

  @Test func `legal outputs score as classes do`() {
    let labels = ["a", "b", "c"]
    let (outputs, targets) = (["a", "b", "b", "c", "a", "a"], ["a", "b", "c", "c", "b", "a"])
    let text = scores(outputs, targets, labels: labels)
    let matrix = ConfusionMatrix(
      predictions: outputs.compactMap(labels.firstIndex),
      references: targets.compactMap(labels.firstIndex),
      labelCount: 3)
    #expect(text.value(of: .accuracy) == matrix.accuracy)
    #expect(abs(text.value(of: .macroF1) - matrix.macroF1) < 1e-12)
    #expect(abs(text.value(of: .matthews) - matrix.matthewsCorrelation) < 1e-12)
    #expect(abs(text.value(of: .f1) - matrix.f1(ofClass: 2)) < 1e-12)
    #expect(text.illegalShare == 0)
  }

  @Test func `a question of MultiRC counts when all its answers are judged right`() {
    let scores = scores(
      ["True", "False", "True", "True"], ["True", "False", "True", "False"],
      labels: ["False", "True"], groups: ["p-0", "p-0", "p-1", "p-1"])
    #expect(scores.value(of: .questionMatch) == 0.5)
    #expect(scores.value(of: .f1) == 2.0 * 2 / (2 + 3))
  }

  @Test func `the best of several right answers counts`() {
    let examples = [
      TextToTextExample(input: "", targets: ["Bo", "Bo Al"], choices: ["Bo", "Bo Al", "Cy"]),
      TextToTextExample(input: "", targets: ["Cy"], choices: ["Cy"]),
    ]
    let scores = TextScores(outputs: ["the Bo Al!", "Di"], examples: examples)
    #expect(scores.value(of: .exactMatch) == 0.5 && scores.value(of: .tokenF1) == 0.5)
    #expect(scores.value(of: .accuracy) == 0)
    #expect(scores.illegalShare == 1)
    #expect(TextScores(outputs: ["Bo", "Cy"], examples: examples).illegalShare == 0)
  }

  @Test func `WSC asks whether the target is meant`() {
    func share(_ outputs: [String]) -> Double {
      let examples = [true, false].map {
        TextToTextExample(input: "", targets: ["the young man"], isTrue: $0)
      }
      return TextScores(outputs: outputs, examples: examples).value(of: .accuracy)
    }
    #expect(share(["young man", "his horse"]) == 1)
    #expect(share(["his horse", "the man"]) == 0)
    #expect(share(["the", "the"]) == 0)
  }

  @Test func `texts are compared word by word`() {
    let same = scores(["The cat sat on it."], ["the cat sat on it"])
    #expect(same.value(of: .rouge1) == 1 && same.value(of: .rouge2) == 1)
    #expect(same.value(of: .rougeL) == 1 && same.value(of: .exactMatch) == 1)
    #expect(same.value(of: .bleu) > 0 && same.value(of: .bleu) < 1)
    #expect(same.illegalShare == nil)
  }

  @Test func `what is no number counts as -1`() {
    let scores = scores(["1.0", "x", "inf", "5.0"], ["1.0", "-1", "-1", "5.0"])
    #expect(abs(scores.value(of: .pearson) - 1) < 1e-12)
    #expect(abs(scores.value(of: .spearman) - 1) < 1e-12)
  }

  @Test(arguments: TextMetric.allCases)
  func `without examples every score is 0`(_ metric: TextMetric) {
    #expect(scores([], []).value(of: metric) == 0)
    #expect(scores([], [], labels: ["a", "b"]).value(of: metric) == 0)
    // An example whose answer nobody knows is no trouble either.
    let unknown = TextScores(
      outputs: ["a"], examples: [TextToTextExample(input: "", targets: [])], labels: ["a", "b"])
    #expect((0...1).contains(unknown.value(of: metric)))
  }
}
