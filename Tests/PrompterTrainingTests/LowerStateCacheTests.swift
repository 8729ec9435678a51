// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterMethods
import PrompterToySupport
import Testing

@Suite struct LowerStateCacheTests {
  private func train(
    _ method: some MethodSettings, cacheMemory: Int, _ plan: TrainingPlan = Toy.plan(.epochs(3)),
    pooling: Pooling? = nil
  ) throws -> (prompt: Prompt, cache: TrainingStart.Cache?) {
    let trainer = try Trainer(
      model: Toy.model(), method: method, plan: plan, pooling: pooling, cacheMemory: cacheMemory)
    var cache: TrainingStart.Cache?
    let outcome = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation,
      report: { if case .started(let start) = $0 { cache = start.cache } })
    return (outcome.prompt, cache)
  }

  private let upper = PTuningV2.Settings(promptLength: 6, layers: 1..<3, dropout: 0.1)

  @Test(arguments: [1, 2, 3], Pooling.allCases)
  func `kept states train the same bits as computing them each time`(
    threads: Int, pooling: Pooling
  ) throws {
    let plan = Toy.plan(.epochs(3)) { ($0.threads, $0.gradientAccumulation) = (threads, 2) }
    let kept = try train(upper, cacheMemory: 1 << 20, plan, pooling: pooling)
    let computed = try train(upper, cacheMemory: 0, plan, pooling: pooling)
    #expect(kept.cache?.layers == 1)
    #expect(kept.cache?.isOnDisk == false)
    #expect(computed.cache == nil)
    expectSameTraining(kept.prompt, computed.prompt)
  }

  @Test func `states that need more memory go to a file and come back the same`() throws {
    let kept = try train(upper, cacheMemory: 1)
    #expect(kept.cache?.isOnDisk == true)
    expectSameTraining(kept.prompt, try train(upper, cacheMemory: 0).prompt)
  }

  @Test func `the top layer alone keeps two layers' work`() throws {
    let top = PTuningV2.Settings(promptLength: 6, layers: 2..<3, dropout: 0)
    let kept = try train(top, cacheMemory: 1 << 20)
    #expect(kept.cache?.layers == 2)
    expectSameTraining(kept.prompt, try train(top, cacheMemory: 0).prompt)
  }

  @Test func `nothing is kept where it would be wrong or useless`() throws {
    let dropping = Toy.plan(.epochs(3)) { $0.backboneDropout = 0.1 }
    #expect(try train(upper, cacheMemory: 1 << 20, dropping).cache == nil)
    #expect(try train(upper, cacheMemory: 1 << 20, Toy.plan(.epochs(1))).cache == nil)
    for method in ["plain", "random", "head-only", "fine-tuning"] {
      let plan = Toy.plan { $0.learningRate = 1e-3 }
      #expect(try train(Toy.method(method), cacheMemory: 1 << 20, plan).cache == nil)
    }
  }

  @Test func `a run resumed in the middle of an epoch computes what it misses`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let plan = Toy.plan(.epochs(3))
    let trainer = try Trainer(model: Toy.model(), method: upper, plan: plan)
    func run(resuming: Bool, until last: Int) throws -> TrainingOutcome {
      var step = 0
      return try trainer.train(
        task: Toy.task, training: Toy.training, validation: Toy.validation, folder: folder,
        resuming: resuming, report: { if case .step(let report) = $0 { step = report.step } },
        isInterrupted: { step >= last })
    }
    #expect(try run(resuming: false, until: 8).wasInterrupted)
    let resumed = try run(resuming: true, until: .max)
    expectSameTraining(resumed.prompt, try train(upper, cacheMemory: 0, plan).prompt)
  }
}
