// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Prompter
import PrompterCore
import PrompterTestSupport
import PrompterToySupport
import Synchronization
import Testing

/// Prompts that come and go while others answer.
@Suite struct ResidentTasksTests {
  private static let prompts = Result { try (1...3).map { try prompt(seed: UInt64($0)) } }

  private static func prompt(seed: UInt64) throws -> Prompt {
    let trainer = Trainer(
      model: try Toy.model(), method: .pTuningV2(promptLength: Int(seed) + 1),
      plan: Toy.plan(.steps(4)) {
        $0.learningRate = 0.05
        $0.seed = seed
      }, pooling: .cls)
    return try trainer.train(task: Toy.task, training: Toy.dataset(24, seed: 1)).prompt
  }

  @Test func `a prompt is taken in, replaced and dropped by its name`() throws {
    let prompts = try Self.prompts.get()
    let predictor = try Predictor(model: Toy.model(), prompts: [("a", prompts[0])])
    let copy = predictor
    #expect(try !predictor.insert(prompts[1], named: "b"))
    #expect(copy.names == ["a", "b"])
    func answer(_ name: String) throws -> Prediction {
      try copy.predict([Query("the story was fun", task: name)])[0]
    }
    let first = try answer("a")
    #expect(try predictor.insert(prompts[2], named: "a"))
    #expect(copy.names == ["a", "b"])
    let third = try Predictor(model: Toy.model(), prompts: [("a", prompts[2])])
      .predict([Query("the story was fun")])[0]
    #expect(try answer("a") == third && first != third)
    #expect(predictor.remove("a") && !predictor.remove("a"))
    #expect(throws: PredictionError.unknownTask("a", known: ["b"])) { try answer("a") }
    #expect(try copy.predict([Query("fun")])[0].task == "b")
  }

  @Test func `what was prepared is answered by the prompt that it was prepared for`() throws {
    let prompts = try Self.prompts.get()
    let predictor = try Predictor(model: Toy.model(), prompts: [("a", prompts[0])])
    let queries = ["fun", "a dull film", "the story was fun"].map { Query($0, task: "a") }
    let expected = try predictor.predict(queries)
    let prepared = try predictor.prepared(queries)
    try predictor.insert(prompts[1], named: "a")
    #expect(try predictor.predict(prepared: prepared) == expected)
    predictor.remove("a")
    #expect(try predictor.predict(prepared: prepared) == expected)
  }

  @Test func `prompts that come and go change no answer of another`() throws {
    let prompts = try Self.prompts.get()
    let predictor = try Predictor(
      model: Toy.model(), prompts: [("stays", prompts[0])], threads: 2, isPinned: false)
    let queries = (0..<40).map {
      Query(Toy.dataset(40, seed: 9).examples[$0].text, task: "stays")
    }
    let expected = try predictor.predict(queries)
    let isOver = Atomic(false)
    DispatchQueue.concurrentPerform(iterations: 2) { worker in
      if worker == 0 {
        for round in 0..<60 {
          let name = "other \(round % 5)"
          _ = try? predictor.insert(prompts[1 + round % 2], named: name)
          if round % 3 == 0 { predictor.remove("other \((round + 2) % 5)") }
        }
        isOver.store(true, ordering: .sequentiallyConsistent)
      } else {
        repeat {
          #expect((try? predictor.predict(queries)) == expected)
        } while !isOver.load(ordering: .sequentiallyConsistent)
      }
    }
    #expect(predictor.names.first == "stays")
  }
}
