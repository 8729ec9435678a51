// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterAutodiff
import PrompterCore
import PrompterNN
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite struct TextPredictorTests {
  private static func predictor(
    threads: Int = 1, answering: LabelAnswering = .ranking
  ) throws -> Predictor {
    var predictor = try Predictor(
      model: ToyTexts.model(), prompts: ToyTexts.prompts.get(), threads: threads, isPinned: false)
    predictor.answering = answering
    return predictor
  }

  // A query for each prompt in turn.
  private static func queries(_ count: Int) -> [Query] {
    ToyTexts.dataset(count, seed: 7).examples.enumerated().map { index, example in
      Query(example.input, task: ToyTexts.methodNames[index % ToyTexts.methodNames.count])
    }
  }

  @Test(arguments: LabelAnswering.allCases, [1, 3])
  func `a query gets the answer that it would get alone`(
    answering: LabelAnswering, threads: Int
  ) throws {
    let queries = Self.queries(40)
    let together = try Self.predictor(threads: threads, answering: answering).predict(queries)
    for (query, answer) in zip(queries, together) {
      let prompt = try #require(try ToyTexts.prompts.get().first { $0.name == query.task })
      var own = try Predictor(model: ToyTexts.model(), prompts: [prompt])
      own.answering = answering
      let alone = try own.predict([query])[0]
      #expect((alone.label, alone.text) == (answer.label, answer.text))
      #expect(abs(alone.probability - answer.probability) < 1e-5)
    }
  }

  @Test func `ranking weighs the labels, generation writes`() throws {
    let query = [Query("great fun", task: "input")]
    let ranked = try Self.predictor().predict(query)[0]
    #expect(ranked.labels == ToyTexts.labels && ranked.text == nil)
    #expect(abs(ranked.probabilities.reduce(0, +) - 1) < 1e-9)
    #expect(ranked.probability == ranked.probabilities.max())
    let written = try Self.predictor(answering: .generation).predict(query)[0]
    #expect(written.text != nil && written.probabilities.isEmpty)
    #expect(written.label == written.text || written.label == nil)
  }

  @Test func `the likelihoods that rank labels are those of the tokens one by one`() throws {
    let model = try #require(try ToyTexts.model().textWriter)
    let tokenizer = try ToyTexts.model().tokenizer
    let prompt = try #require(try ToyTexts.prompts.get().first { $0.name == "both" }).prompt
    let tables = PromptTables([prompt.folded], for: model).map { Variable($0) }
    let batch = Batch(
      ["great fun", "the long film was dull"].map {
        let ids = tokenizer.ids(of: $0) + [1]
        return Row(text: ids, segments: ids.map { _ in 0 }, virtualTokens: 4)
      })
    let candidates: [[[Int32]]] = [[[5, 1], [6, 7, 1]], [[8, 1]]]
    let scores = model.logLikelihoods(of: candidates, for: batch, prompts: tables)
    for (row, targets) in candidates.enumerated() {
      for (index, target) in targets.enumerated() {
        let start = TargetRow(ids: [-1, -2, -3, 0], source: row)
        let decoder = model.decoding(
          of: TargetBatch([start]), after: batch,
          prompts: tables)
        var expected = 0.0
        for token in target {
          let logits = decoder.logits.values.map(Double.init)
          expected += logits[Int(token)] - log(logits.map(exp).reduce(0, +))
          decoder.advance([token], of: [0])
        }
        #expect(abs(Double(scores[row][index]) - expected) < 1e-4)
      }
    }
  }

  @Test func `heads over the encoder answer beside prompts that write`() throws {
    func labelled(_ dataset: TextToTextDataset) -> Dataset {
      Dataset(
        examples: dataset.examples.map {
          Example(text: $0.input, label: $0.targets[0], line: $0.line)
        }, url: dataset.url)
    }
    let validation = labelled(ToyTexts.validation)
    let outcome = try ToyTexts.trainer("deep").train(
      task: TaskDescription(
        kind: .textClassification, labels: ToyTexts.labels, metrics: [.accuracy]),
      training: labelled(ToyTexts.training), validation: validation)
    let predictor = try Predictor(
      model: ToyTexts.model(),
      prompts: ToyTexts.prompts.get() + [("head", outcome.prompt)])
    #expect(
      try predictor.evaluate("head", on: validation).metrics["accuracy"]
        == outcome.prompt.card.best?.metrics["accuracy"])
    let answers = try predictor.predict([
      Query("great fun", task: "head"), Query("great fun", task: "input"),
    ])
    #expect(answers[0].text == nil && ToyTexts.labels.contains(answers[0].label ?? ""))
    #expect(answers[1] == (try Self.predictor().predict([Query("great fun", task: "input")])[0]))
  }

  @Test func `columns of the template stand in place of the text`() throws {
    var prompt = try #require(try ToyTexts.prompts.get().first { $0.name == "input" }).prompt
    prompt.card.task.text?.template = try TextTemplate("{premise} it {hypothesis}")
    let predictor = try Predictor(model: ToyTexts.model(), prompts: [("two", prompt)])
    #expect(try predictor.queryColumns(of: nil).names == ["premise", "hypothesis", "text"])
    let answers = try predictor.predict([
      Query(columns: ["premise": "great", "hypothesis": "was fun"]), Query("great", "was fun"),
      Query("dull", columns: ["premise": "great", "hypothesis": "was fun"]),
    ])
    #expect(answers[0].probabilities == answers[1].probabilities)
    #expect(answers[0].probabilities == answers[2].probabilities)
  }

  @Test func `an evaluation scores what is written, and counts what is no label`() throws {
    let predictor = try Self.predictor(answering: .generation)
    let dataset = ToyTexts.dataset(21, seed: 9)
    let evaluation = try predictor.evaluate("fine-tuning", on: dataset)
    let answers = try predictor.predict(
      dataset.examples.map { Query($0.input, task: "fine-tuning") })
    let right = zip(answers, dataset.examples).count { $0.text == $1.targets[0] }
    #expect(evaluation.metrics["accuracy"] == Double(right) / 21)
    #expect(evaluation.baseline["accuracy"] == 1.0 / 3)
    #expect(evaluation.illegalShare == Double(answers.count { $0.label == nil }) / 21)
    #expect(evaluation.answers.map(\.text) == answers.map(\.text))
    #expect(throws: PredictionError.self) {
      try predictor.evaluate("fine-tuning", on: Toy.validation)
    }
  }

  @Test func `an example's own choices are ranked in place of the labels`() throws {
    let predictor = try Self.predictor()
    var dataset = ToyTexts.dataset(6, seed: 9)
    for index in dataset.examples.indices { dataset.examples[index].choices = ["film", "play"] }
    let evaluation = try predictor.evaluate("input", on: dataset)
    #expect(evaluation.answers.allSatisfy { ["film", "play"].contains($0.text) })
  }

  @Test(arguments: [DecodingStrategy.greedy, .beam(BeamSearch(width: 3))])
  func `free texts are as long as they may be`(strategy: DecodingStrategy) throws {
    var prompt = try #require(try ToyTexts.prompts.get().first { $0.name == "input" }).prompt
    prompt.card.task = .freeText
    var predictor = try Predictor(model: ToyTexts.model(), prompts: [("free", prompt)])
    predictor.strategy = strategy
    predictor.maximumTargetLength = 1
    let answer = try predictor.predict([Query("great fun film")])[0]
    let text = try #require(answer.text)
    #expect(try ToyTexts.model().tokenizer.ids(of: text).count <= 1)
    #expect(answer.probability > 0 && answer.probability <= 1)
  }
}
