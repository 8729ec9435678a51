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

@Suite(.namesValues) struct TrainerDeterminismTests {
  private static func plan(threads: Int = 1) -> TrainingPlan {
    Toy.plan(.epochs(2)) {
      ($0.threads, $0.backboneDropout, $0.gradientAccumulation) = (threads, 0.1, 2)
    }
  }

  @Test(arguments: ["dropping", "mlp", "vocabulary", "fine-tuning"], [1, 2])
  func `the same seed and threads give the same bits`(method: String, threads: Int) throws {
    let first = try Toy.train(method, Self.plan(threads: threads))
    let second = try Toy.train(method, Self.plan(threads: threads))
    expectSameTraining(first.prompt, second.prompt)
  }

  @Test(arguments: ["dropping", "vocabulary", "head-only"])
  func `two threads compute what one does`(method: String) throws {
    func plan(_ threads: Int) -> TrainingPlan {
      var plan = Self.plan(threads: threads)
      (plan.duration, plan.learningRate) = (.steps(3), 1e-3)
      return plan
    }
    let (one, two) = (try Toy.train(method, plan(1)), try Toy.train(method, plan(2)))
    #expect(largestGap(one.prompt, two.prompt) < 1e-5)
  }

  @Test(arguments: ["dropping", "random", "head-only"])
  func `another seed gives another prompt`(method: String) throws {
    var plan = Self.plan()
    let first = try Toy.train(method, plan)
    plan.seed += 1
    #expect(try largestGap(first.prompt, Toy.train(method, plan).prompt) > 1e-3)
  }

  @Test func `pinned threads compute the same`() throws {
    var plan = Self.plan(threads: 2)
    let free = try Toy.train("plain", plan)
    plan.isPinned = true
    expectSameTraining(free.prompt, try Toy.train("plain", plan).prompt)
  }

  @Test(arguments: ["dropping", "fine-tuning"])
  func `a trainer used by several threads at once gives what it gives alone`(
    method: String
  ) async throws {
    let trainer = try Toy.trainer(method, Self.plan(threads: 2))
    @Sendable func run() throws -> Prompt {
      try trainer.train(task: Toy.task, training: Toy.training, validation: Toy.validation).prompt
    }
    let alone = try run()
    try await withThrowingTaskGroup(of: Prompt.self) { group in
      for _ in 0..<4 { group.addTask { try run() } }
      for try await prompt in group { expectSameTraining(prompt, alone) }
    }
  }
}

@Suite(.namesValues) struct FrozenBackboneTests {
  // Every token, position and segment through every layer and the pooler.
  private static func traces(of model: PretrainedModel) -> [Tensor] {
    let ids = (0..<120).map { Int32($0) }
    let rows = [ids[0..<60], ids[60..<120]].map { part in
      Row(
        ids: Array(part) + [2, 3, 2, 3],
        segments: (0..<64).map { $0 % 2 })
    }
    let pass = Pass.inference()
    let hidden = model.backbone.hiddenStates(
      of: Batch(rows), prompts: .none(layerCount: 3), reading: .all, dropout: 0, in: pass)
    return [
      model.backbone.wordEmbeddings(of: ids), hidden.value,
      model.backbone.pooled(hidden, in: pass).value,
    ]
  }

  @Test(arguments: ["plain", "dropping", "mlp", "layers", "random", "head-only", "fine-tuning"])
  func `training leaves the model as it was`(method: String) throws {
    let model = try PretrainedModel(contentsOf: Toy.folder, precision: .float32)
    let identity = try model.identity()
    let trainer = Trainer(
      model: model, method: try Toy.method(method),
      plan: Toy.plan(.steps(6)) { ($0.threads, $0.backboneDropout) = (2, 0.1) })
    let before = Self.traces(of: model)
    let prompt = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation
    ).prompt
    for (a, b) in zip(Self.traces(of: model), before) { expectSameBits(a, b) }
    #expect(try model.identity() == identity)
    #expect(prompt.card.backbone.sha256 == identity.sha256)
    #expect(model.backbone.trainedParameters.isEmpty)
    #expect((prompt.backboneWeights == nil) == (method != "fine-tuning"))
  }

  @Test func `fine-tuning changes what the head can see`() throws {
    let weights = try #require(Toy.train("fine-tuning", Toy.plan(.steps(3))).prompt.backboneWeights)
    let file = try SafetensorsFile(contentsOf: Toy.folder.appending(path: "model.safetensors"))
    var changed = 0
    for (name, value) in weights {
      let original = try #require(file.names.first { $0.hasSuffix(name) })
      if try file.tensor(original).values != value.values { changed += 1 }
    }
    #expect(changed >= weights.count - 2)
  }
}
