// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterToySupport
import Testing

@Suite struct EnsembleTests {
  // The answer of most prompts; among equals the one whose prompts are surer together.
  private func winner(_ answers: [Evaluation.Answer]) -> String {
    let texts = Set(answers.map(\.text)).sorted()
    func weight(_ text: String) -> (Int, Double) {
      let own = answers.filter { $0.text == text }
      return (own.count, own.reduce(0) { $0 + $1.probability })
    }
    return texts.max { weight($0) < weight($1) } ?? ""
  }

  @Test(arguments: LabelAnswering.allCases)
  func `prompts of a text task vote`(answering: LabelAnswering) throws {
    var predictor = try Predictor(model: ToyTexts.model(), prompts: ToyTexts.prompts.get())
    predictor.answering = answering
    let dataset = ToyTexts.dataset(24, seed: 13)
    let names = ["both", "deep", "end", "input"]
    let together = try predictor.evaluateEnsemble(names, on: dataset)
    let alone = try names.map { try predictor.evaluate($0, on: dataset) }
    for (member, own) in zip(together.members, alone) {
      #expect(member.metrics == own.metrics && member.task == own.task)
      #expect(member.answers.map(\.text) == own.answers.map(\.text))
    }
    let votes = dataset.examples.indices.map { example in
      winner(together.members.map { $0.answers[example] })
    }
    #expect(together.vote.answers.map(\.text) == votes)
    let right = zip(votes, dataset.examples).count { $0 == $1.targets[0] }
    #expect(together.vote.metrics["accuracy"] == Double(right) / 24)
    let scores = alone.compactMap { $0.metrics["accuracy"] }
    let average = try #require(together.average["accuracy"])
    #expect(abs(average - scores.reduce(0, +) / 4) < 1e-12)
    #expect(together.best["accuracy"] == scores.max())
  }

  @Test func `prompts with heads vote`() throws {
    let prompts = try (1...3).map { seed in
      let plan = Toy.plan(.steps(6)) { $0.seed = UInt64(seed) }
      return (name: "p\(seed)", prompt: try Toy.train("plain", plan).prompt)
    }
    let predictor = try Predictor(model: Toy.model(), prompts: prompts)
    let together = try predictor.evaluateEnsemble(prompts.map(\.name), on: Toy.validation)
    let votes = Toy.validation.examples.indices.map { example in
      winner(together.members.map { $0.answers[example] })
    }
    #expect(together.vote.answers.map(\.text) == votes)
    #expect(together.vote.confusion?.total == Toy.validation.examples.count)
  }

  @Test func `one prompt's vote is its own`() throws {
    let predictor = try Predictor(model: ToyTexts.model(), prompts: ToyTexts.prompts.get())
    let together = try predictor.evaluateEnsemble(["deep"], on: ToyTexts.validation)
    #expect(together.vote.metrics == together.members[0].metrics)
    #expect(together.average == together.best)
  }
}
