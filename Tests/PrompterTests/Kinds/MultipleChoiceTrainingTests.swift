// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// A kind of task whose examples have several rows.
@Suite(.namesValues) struct MultipleChoiceTrainingTests {
  private let validation = ToyWords.choices(24, seed: 2)

  private func queries() -> [Query] {
    validation.examples.map { Query($0.text, choices: $0.choices) }
  }

  @Test(arguments: ["plain", "layers", "random", "head-only"])
  func `it is trained, saved, read back and asked`(method: String) throws {
    let bench = try PromptBench()
    try ToyWords.added {
      let prompt = try ToyWords.chooser(method)
      #expect(prompt.head?.weight.shape == [1, 32])
      #expect(prompt.card.labels.isEmpty && prompt.card.temperature.value > 0)
      let losses = prompt.card.history.map(\.loss)
      #expect(try #require(losses.last) < 0.8 * #require(losses.first))
      let best = try #require(prompt.card.best?.metrics["accuracy"])
      #expect(try best > 0.1 + #require(prompt.card.baseline["accuracy"]))

      try prompt.write(to: bench.prompt)
      let read = try Prompt(contentsOf: bench.prompt)
      #expect(read.card == prompt.card)
      let predictor = try ToyWords.predictor(read, threads: 2)
      let answers = try predictor.predict(queries())
      #expect(try answers == ToyWords.predictor(prompt).predict(queries()))
      #expect(answers.map(\.labels) == validation.examples.map(\.choices))
      #expect(answers.allSatisfy { abs($0.probabilities.reduce(0, +) - 1) < 1e-12 })
      let right = zip(answers, validation.examples).count { $1.answers == [$0.answer] }
      #expect(Double(right) / 24 == best)
      #expect(try predictor.evaluate("p", on: validation).metrics["accuracy"] == best)
    }
  }

  // What a row drops depends on its number in the step, whatever batches the step is made of.
  @Test func `accumulated batches make the step of one large batch`() throws {
    func trained(_ batchSize: Int, _ accumulation: Int) throws -> Prompt {
      try ToyWords.chooser(
        "plain",
        Toy.plan(.steps(1)) {
          ($0.batchSize, $0.gradientAccumulation) = (batchSize, accumulation)
          ($0.backboneDropout, $0.evaluation) = (0.3, .steps(1))
        })
    }
    try ToyWords.added {
      let losses = try [(12, 1), (4, 3), (3, 4)].map {
        try #require(trained($0.0, $0.1).card.history.first).loss
      }
      for loss in losses { #expect(abs(loss - losses[0]) < 1e-5) }
    }
  }

  @Test func `kept states train the same bits as computing them each time`() throws {
    try ToyWords.added {
      let plan = Toy.plan(.epochs(2)) { ($0.threads, $0.gradientAccumulation) = (2, 2) }
      expectSameTraining(
        try ToyWords.chooser("layers", plan),
        try ToyWords.chooser("layers", plan, cacheMemory: 0))
    }
  }

  @Test func `a question without choices, or with a wrong answer, is refused`() throws {
    let predictor = try ToyWords.predictor(try ToyWords.chooser("plain", Toy.plan(.steps(1))))
    for query in [Query("it was"), Query("it was", choices: [])] {
      #expect(throws: PredictionError.unreadable(task: "p", .noColumn("choices"))) {
        try predictor.predict([query])
      }
    }
    let wrong = ChoiceExample(text: "it was", choices: ["a", "b"], right: [], answers: [], line: 7)
    let examples = ChoiceSet(examples: [wrong], url: URL(filePath: "wrong.tsv"))
    expect("wrong.tsv, line 7") { try predictor.evaluate("p", on: examples) }
  }
}
