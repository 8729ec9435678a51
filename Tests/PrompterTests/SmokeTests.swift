// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterToySupport
import Testing

/// A few seconds' worth of the whole way: text to tokens to prompts to files to answers.
@Suite struct SmokeTests {
  @Test func `two tasks are trained, saved, read and answered in one batch`() throws {
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    var named: [(name: String, prompt: Prompt)] = []
    for (name, method) in [("deep", "plain"), ("input", "vocabulary")] {
      let folder = bench.folder.appending(component: name)
      try Toy.train(method, Toy.plan(.epochs(10)), on: Toy.more).prompt.write(to: folder)
      named.append((name, try Prompt(contentsOf: folder)))
    }
    let predictor = try Predictor(model: Toy.model(), prompts: named, threads: 2, isPinned: false)
    for name in ["deep", "input"] {
      let evaluation = try predictor.evaluate(name, on: Toy.dataset(40, seed: 4))
      #expect(try #require(evaluation.metrics["accuracy"]) > 0.7)
    }
    let answers = try predictor.predict([
      Query("the best film with great fun", task: "deep"), Query("dull and bad", task: "input"),
    ])
    #expect(answers.map(\.label) == ["good", "bad"])
  }
}
