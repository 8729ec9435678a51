// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// A kind of task that reads five states of a row, in whatever order.
@Suite(.namesValues) struct SpanPairTrainingTests {
  private let validation = ToyWords.spanPairs(24, seed: 2)

  private func query(_ example: SpanPairExample) -> Query {
    var columns: [String: String] = [:]
    for (number, span) in example.spans.enumerated() {
      columns["start\(number + 1)"] = "\(span.lowerBound)"
      columns["end\(number + 1)"] = "\(span.upperBound)"
    }
    return Query(example.text, columns: columns)
  }

  @Test(arguments: ["plain", "layers", "random", "head-only", "fine-tuning"])
  func `it is trained, saved, read back and asked`(method: String) throws {
    let bench = try PromptBench()
    let prompt = try ToyWords.comparer(method)
    #expect(prompt.card.labels == ["minus", "plus"])
    #expect(prompt.head?.weight.shape == [6, 32])
    let best = try #require(prompt.card.best?.metrics["accuracy"])
    #expect(try best > 0.15 + #require(prompt.card.baseline["accuracy"]), "\(best)")
    #expect(prompt.peftObstacle != nil)

    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card)
    let predictor = try ToyWords.predictor(read, threads: 2)
    let answers = try predictor.predict(validation.examples.map(query))
    let right = zip(answers, validation.examples).count { $0.label == $1.label }
    #expect(Double(right) / 24 == best)
    #expect(try predictor.evaluate("p", on: validation).metrics["accuracy"] == best)
  }

  @Test func `which words are marked decides the answer`() throws {
    let predictor = try ToyWords.predictor(try ToyWords.comparer("plain"))
    let text = "the good film was bad"
    func answer(_ first: Range<Int>, _ second: Range<Int>) throws -> [Double] {
      let example = SpanPairExample(text: text, spans: [first, second])
      return try predictor.predict([query(example)])[0].probabilities
    }
    let (good, bad) = (4..<8, 18..<21)
    #expect(try answer(good, bad)[1] > answer(bad, good)[1])
  }

  @Test func `kept states train the same bits as computing them each time`() throws {
    let plan = Toy.plan(.epochs(2)) { ($0.threads, $0.gradientAccumulation) = (2, 2) }
    expectSameTraining(
      try ToyWords.comparer("layers", plan), try ToyWords.comparer("layers", plan, cacheMemory: 0))
  }

  @Test func `a span that was cut off is refused`() throws {
    let predictor = try ToyWords.predictor(try ToyWords.comparer("plain", Toy.plan(.steps(1))))
    let text = Array(repeating: "goodly", count: 20).joined(separator: " ")
    let example = SpanPairExample(text: text, spans: [0..<6, 130..<136])
    expect("of the tokens that are read, 24, none is in span 2") {
      try predictor.predict([query(example)])
    }
    var labelled = example
    (labelled.label, labelled.line) = ("plus", 5)
    let set = SpanPairSet(examples: [labelled], url: URL(filePath: "long.jsonl"))
    expect("long.jsonl, line 5") { try predictor.evaluate("p", on: set) }
  }
}
