// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTestSupport
import PrompterToySupport
import Testing

/// A method that is added by a file and a line in the list can all that the others can.
@Suite struct AddedMethodTests {
  private static let name = SharedPrefix.Settings.name

  // With the line in the list.
  private func added<T>(_ body: () throws -> T) rethrows -> T {
    try Methods.$all.withValue(Methods.all + [SharedPrefix.Settings.self], operation: body)
  }

  private func trainer(
    _ settings: SharedPrefix.Settings = SharedPrefix.Settings(),
    _ plan: TrainingPlan = Toy.plan(.epochs(2))
  ) throws -> Trainer {
    Trainer(model: try Toy.model(), method: settings, plan: plan)
  }

  private func train(_ plan: TrainingPlan = Toy.plan(.epochs(2))) throws -> Prompt {
    try trainer(SharedPrefix.Settings(), plan).train(
      task: Toy.task, training: Toy.training, validation: Toy.validation
    ).prompt
  }

  @Test func `its name is known where it is in the list, and nowhere else`() {
    #expect(added { Self.name.settings != nil && MethodName.allCases.contains(Self.name) })
    #expect(Self.name.settings == nil && !MethodName.allCases.contains(Self.name))
    let plan = added { TrainingPlan.suited(to: Self.name, examples: 100, labels: 2) }
    #expect(plan.learningRate == 0.03 && plan.duration == .epochs(40))
  }

  @Test func `it learns what its parameters can`() throws {
    let prompt = try added { try train(Toy.plan(.epochs(10))) }
    #expect(try #require(prompt.card.best?.metrics["accuracy"]) >= 0.7)
    #expect(prompt.card.trainableParameters == 4 * 2 * 32 + 2 * 32 + 2)
    let settings = SharedPrefix.Settings()
    let shape = BackboneShape(try Toy.model().backbone)
    #expect(settings.parameterCount(for: shape) == 4 * 2 * 32)
  }

  @Test func `its prompt is read where it is not in the list too`() throws {
    let bench = try PromptBench()
    let prompt = try added { try train() }
    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card && read.card.method == Self.name)
    expectSameBits(
      try #require(read.folded.deep?.table), try #require(prompt.folded.deep?.table))
    #expect(read.folded.deep?.layers == 0..<3)
    let summary = try PromptSummary(contentsOf: bench.prompt)
    #expect(summary.method == Self.name && summary.description.contains("shared-prefix"))
  }

  @Test func `its folded prompt answers as its state trains`() throws {
    // Two scores of the same parameters: by training, and of the prompt that was read again.
    let bench = try PromptBench()
    let prompt = try added { try train() }
    try prompt.write(to: bench.prompt)
    let predictor = try Predictor(
      model: Toy.model(), prompts: [("p", Prompt(contentsOf: bench.prompt))], threads: 1,
      isPinned: false)
    let score = try predictor.evaluate("p", on: Toy.validation).metrics["accuracy"]
    #expect(score == prompt.card.best?.metrics["accuracy"])
  }

  @Test func `it goes on after an interruption with the same bits`() throws {
    let (bench, whole) = (try PromptBench(), try added { try train() })
    let resumed = try added {
      var left = 3
      let part = try trainer().train(
        task: Toy.task, training: Toy.training, validation: Toy.validation, folder: bench.folder,
        isInterrupted: {
          left -= 1
          return left == 0
        })
      #expect(part.wasInterrupted)
      #expect(throws: TrainingError.self) {
        try trainer(SharedPrefix.Settings(promptLength: 5)).train(
          task: Toy.task, training: Toy.training, validation: Toy.validation,
          folder: bench.folder, resuming: true)
      }
      return try trainer().train(
        task: Toy.task, training: Toy.training, validation: Toy.validation, folder: bench.folder,
        resuming: true
      ).prompt
    }
    expectSameBits(
      try #require(resumed.folded.deep?.table), try #require(whole.folded.deep?.table))
  }

  @Test func `another run of it is refused with the option that differs`() throws {
    let prompt = try added { try train() }
    let other = try trainer(SharedPrefix.Settings(promptLength: 5))
    expect("its method's options is prompt_length 4, now it is prompt_length 5") {
      try other.check(
        prompt, task: Toy.task, training: Toy.training, validation: Toy.validation)
    }
    try trainer().check(
      prompt, task: Toy.task, training: Toy.training, validation: Toy.validation)
  }

  @Test func `it stands in one batch with prompts of other methods`() throws {
    let prompts = [
      ("shared", try added { try train(Toy.plan(.steps(4))) }),
      ("deep", try Toy.train("layers", Toy.plan(.steps(4))).prompt),
      ("input", try Toy.train("random", Toy.plan(.steps(4))).prompt),
    ]
    let queries = (0..<30).map { Query("a good film \($0)", task: prompts[$0 % 3].0) }
    let together = try Predictor(
      model: Toy.model(), prompts: prompts, threads: 1, isPinned: false
    ).predict(queries)
    for (query, answer) in zip(queries, together) {
      let alone = try Predictor(
        model: Toy.model(), prompts: prompts.filter { $0.0 == query.task }, threads: 1,
        isPinned: false
      ).predict([query])
      #expect(answer.probabilities == alone[0].probabilities)
    }
  }
}
