// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite(.namesValues) struct LongTextsTests {
  // Opinions that begin, or end, with many words that tell nothing.
  private static func dataset(_ count: Int, seed: Int) -> Dataset {
    var data = Toy.dataset(count, seed: seed)
    for index in data.examples.indices where index % 3 != 2 {
      let filling = String(repeating: "the story of this play was ", count: 3 + index % 2)
      data.examples[index].text =
        index % 3 == 0
        ? filling + data.examples[index].text : data.examples[index].text + " " + filling
    }
    return data
  }

  private static let training = dataset(48, seed: 1)
  private static let validation = dataset(30, seed: 2)

  private func plan(_ long: LongTexts, _ duration: TrainingPlan.Duration = .epochs(6))
    -> TrainingPlan
  {
    Toy.plan(duration) { ($0.longTexts, $0.maximumLength) = (long, 12) }
  }

  private func train(
    _ long: LongTexts, _ method: String = "plain", _ change: (inout TrainingPlan) -> Void = { _ in }
  ) throws -> (prompt: Prompt, start: TrainingStart) {
    var (plan, start) = (plan(long), TrainingStart?.none)
    change(&plan)
    let outcome = try Toy.trainer(method, plan).train(
      task: Toy.task, training: Self.training, validation: Self.validation,
      report: { if case .started(let event) = $0 { start = event } })
    return (outcome.prompt, try #require(start))
  }

  @Test func `both ends of a long text are read, half of its tokens from each`() throws {
    let tokenizer = try Toy.model().tokenizer
    let text = "good " + String(repeating: "the ", count: 20) + "film was dull"
    let ends = tokenizer.endsEncoding(text, maximumLength: 9)
    let words = { (text: String) in tokenizer.ids(of: text) }
    #expect(Array(ends.ids[1..<8]) == words("good the the the film was dull"))
    #expect(ends.truncatedCount == 17 && ends.ids.count == 9)
    let short = tokenizer.endsEncoding("good film", maximumLength: 9)
    #expect(short == tokenizer.encode("good film", pair: nil, maximumLength: 9))
    // Each of two keeps as many as if it were cut.
    let pair = tokenizer.endsEncoding("good film", pair: text, maximumLength: 9)
    let cut = tokenizer.encode("good film", pair: text, maximumLength: 9)
    #expect(pair.segments == cut.segments && pair.ids.count == 9)
    #expect(pair.ids[4..<8] == words("good the was dull")[...])
  }

  @Test(arguments: LongTexts.allCases)
  func `a prompt answers long texts as it was trained, alone and among others`(long: LongTexts)
    throws
  {
    let (prompt, start) = try train(long)
    #expect((start.longTexts.windowed > 0) == (long == .windows))
    #expect((start.longTexts.cut > 0) == (long != .windows))
    #expect(prompt.card.longTexts == (long == .cut ? nil : long))
    let bench = try PromptBench()
    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card)
    let predictor = try Predictor(
      model: Toy.model(), prompts: [("toy", read)], threads: 2, isPinned: false)
    let evaluation = try predictor.evaluate("toy", on: Self.validation)
    let best = try #require(prompt.card.best?.metrics["accuracy"])
    #expect(abs(try #require(evaluation.metrics["accuracy"]) - best) < 1e-9)
    let queries = Self.validation.examples.map { Query($0.text) }
    let together = try predictor.predict(queries)
    #expect(try queries.map { try predictor.predict([$0])[0] } == together)
    #expect(together.count { $0.isCut } == evaluation.longTexts.cut)
    #expect(together.count { $0.windowCount > 1 } == evaluation.longTexts.windowed)
    #expect(evaluation.longTexts.cut + evaluation.longTexts.windowed > 10)
  }

  @Test func `what a cut text no longer says is learnt from its other parts`() throws {
    func accuracy(_ long: LongTexts) throws -> Double {
      try #require(
        train(long, "head-only") { $0.duration = .converged }.prompt.card.best?.metrics["accuracy"])
    }
    let cut = try accuracy(.cut)
    #expect(try accuracy(.windows) > cut)
    #expect(try accuracy(.headTail) > cut)
  }

  @Test func `a head is fitted to windows as steps would train it`() throws {
    let fitted = try train(.windows, "head-only") { $0.duration = .converged }.prompt
    let stepped = try train(.windows, "head-only") { $0.duration = .epochs(60) }.prompt
    func penalized(_ prompt: Prompt, _ loss: Double) throws -> Double {
      let weight = try #require(prompt.head?.weight)
      let l2 = try #require(fitted.card.headFit?.l2)
      return loss + l2 / 2 * Double(weight.values.reduce(0) { $0 + $1 * $1 })
    }
    let last = try #require(stepped.card.history.last?.loss)
    #expect(
      try penalized(fitted, #require(fitted.card.headFit?.loss)) < penalized(stepped, last) + 1e-3)
    _ = try train(.windows) { $0.headStart = .probe }
  }

  @Test func `replicas and accumulation change only the last bits`() throws {
    let one = try train(.windows).prompt
    let others = [
      try train(.windows) { $0.threads = 2 }.prompt,
      try train(.windows) { ($0.batchSize, $0.gradientAccumulation) = (4, 2) }.prompt,
    ]
    for other in others { #expect(largestGap(one, other) < 2e-3) }
  }

  @Test func `numbers of long texts are averaged too`() throws {
    var data = Self.training
    let task = try #require(TaskDescription.preset("text-regression"))
    for index in data.examples.indices {
      data.examples[index].label = data.examples[index].label == "good" ? "4" : "1"
    }
    let prompt = try Toy.trainer("head-only", plan(.windows, .converged)).train(
      task: task, training: data, validation: data
    ).prompt
    let best = try #require(prompt.card.best?.metrics["pearson"])
    #expect(best > 0.5)
    let predictor = try Predictor(model: Toy.model(), prompts: [("toy", prompt)])
    let evaluation = try predictor.evaluate("toy", on: data)
    #expect(abs(try #require(evaluation.metrics["pearson"]) - best) < 1e-6)
    #expect(evaluation.longTexts.windowed > 10)
  }

  @Test func `answers that are texts are read from cut ones`() throws {
    #expect(throws: TrainingError.cannotReadLong(kind: "text-to-text")) {
      try Trainer(
        model: ToyTexts.model(), method: PTuningV2.Settings(promptLength: 2), plan: plan(.windows)
      ).train(task: ToyTexts.task, training: ToyTexts.dataset(6, seed: 1))
    }
  }
}
