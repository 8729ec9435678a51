// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Training and serving over a backbone whose products are of rounded factors.
@Suite struct PrecisionTests {
  private func train(
    _ method: String, _ precision: Precision, threads: Int = 1
  ) throws -> Prompt {
    try Toy.trainer(method, Toy.plan(.epochs(3)) { $0.threads = threads }, precision: precision)
      .train(task: Toy.task, training: Toy.training, validation: Toy.validation).prompt
  }

  private static let rounding = Precision.allCases.filter { $0 != .float32 }

  @Test(arguments: rounding)
  func `the same training has the same bits, and other ones than in float32`(
    precision: Precision
  ) throws {
    let prompt = try train("dropping", precision, threads: 2)
    expectSameTraining(prompt, try train("dropping", precision, threads: 2))
    #expect(largestGap(prompt, try train("dropping", .float32, threads: 2)) > 0)
  }

  @Test func `a card says in which precision its prompt was trained`() throws {
    for precision in Precision.allCases {
      let prompt = try train("plain", precision)
      #expect(prompt.card.precision == precision)
      let bench = try PromptBench()
      try prompt.write(to: bench.prompt)
      #expect(try Prompt(contentsOf: bench.prompt).card.precision == precision)
    }
  }

  @Test func `a card of before there was a choice is read`() throws {
    let bench = try PromptBench()
    try Prompt.sample().write(to: bench.prompt)
    let card = try String(
      contentsOf: bench.prompt.appending(component: "prompter.json"), encoding: .utf8)
    #expect(!card.contains("precision"))
    #expect(try Prompt(contentsOf: bench.prompt).card.precision == nil)
  }

  @Test func `where nothing is said a model is as fast as the processor allows`() throws {
    let model = try PretrainedModel(contentsOf: Toy.folder)
    #expect(model.precision == .fastest)
    #expect(model.trainedPrecision == .fastestForTrainedWeights)
    #expect(
      Trainer(model: model, method: .fineTuning, plan: Toy.plan(.steps(1))).precision
        == .fastestForTrainedWeights)
    let exact = try PretrainedModel(contentsOf: Toy.folder, precision: .int16)
    #expect(exact.precision == .int16 && exact.trainedPrecision == .float32)
  }

  @Test func `fine-tuning knows no integers`() throws {
    let prompt = try train("fine-tuning", .int16)
    #expect(prompt.card.precision == .float32)
    expectSameTraining(prompt, try train("fine-tuning", .float32))
  }

  @Test func `fine-tuning in bfloat16 leads to nearly the weights of float32`() throws {
    let (rounded, exact) = try (train("fine-tuning", .bfloat16), train("fine-tuning", .float32))
    #expect(rounded.card.precision == .bfloat16)
    expectSameTraining(rounded, try train("fine-tuning", .bfloat16))
    let gap = largestGap(rounded, exact)
    #expect(gap > 0 && gap < 0.05, "\(gap)")
    for (rounded, exact) in zip(rounded.card.history, exact.card.history) {
      #expect(abs(rounded.loss - exact.loss) < 0.03)
    }
  }

  @Test func `a prompt answers in any precision, whatever it was trained in`() throws {
    let texts = Toy.validation.examples.map { Query($0.text) }
    for trained in Precision.allCases {
      let prompt = try train("plain", trained)
      let answers = try Precision.allCases.map {
        try Predictor(model: Toy.model($0), prompts: [("toy", prompt)], isPinned: false)
          .predict(texts)
      }
      for (precision, rounded) in zip(Precision.allCases, answers) {
        let limit = precision == .int16 ? 0.001 : 0.03
        for (exact, rounded) in zip(answers[0], rounded) {
          #expect(abs(exact.probability - rounded.probability) < limit, "\(precision)")
        }
      }
    }
  }

  @Test(arguments: rounding)
  func `a row alone is answered as it is among others`(precision: Precision) throws {
    let prompt = try train("plain", precision)
    let predictor = try Predictor(
      model: Toy.model(precision), prompts: [("toy", prompt)], isPinned: false)
    let texts = Toy.validation.examples.map { Query($0.text) }
    #expect(try predictor.predict(texts) == texts.flatMap { try predictor.predict([$0]) })
  }
}
