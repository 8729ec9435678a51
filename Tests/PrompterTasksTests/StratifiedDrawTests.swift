// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct StratifiedDrawTests {
  /// So many examples of each label, mixed.
  private func dataset(_ counts: [(label: String, count: Int)]) -> Dataset {
    let examples = counts.flatMap { label, count in
      (0..<count).map { Example(text: "\(label) \($0)", label: label, line: $0 + 1) }
    }
    return Dataset(
      examples: examples.sorted { ($0.line, $0.text) < ($1.line, $1.text) },
      url: URL(filePath: "data.tsv"))
  }

  private func counts(_ dataset: Dataset) -> [String: Int] {
    dataset.examples.reduce(into: [:]) { $0[$1.label ?? "", default: 0] += 1 }
  }

  @Test func `each label has its share of what is drawn`() {
    let data = dataset([("a", 60), ("b", 30), ("c", 10)])
    #expect(counts(data.drawn(10, seed: 1)) == ["a": 6, "b": 3, "c": 1])
    #expect(counts(data.drawn(3, seed: 1)) == ["a": 1, "b": 1, "c": 1])
    #expect(data.drawn(1000, seed: 1).examples == data.examples)
    #expect(data.drawn(.max, seed: 1).examples == data.examples)
    for count in 0...100 { #expect(data.drawn(count, seed: 2).examples.count == count) }
  }

  @Test func `the seed decides, the order is the file's, and more is not something else`() {
    let data = dataset([("a", 50), ("b", 50)])
    let drawn = data.drawn(20, seed: 1).examples
    #expect(drawn == data.drawn(20, seed: 1).examples)
    #expect(drawn != data.drawn(20, seed: 2).examples)
    #expect(drawn.map(\.line) == drawn.map(\.line).sorted())
    let more = data.drawn(40, seed: 1).examples
    #expect(drawn.allSatisfy(more.contains))
  }

  @Test func `a split parts all examples and keeps each label in the first part`() throws {
    let data = dataset([("a", 70), ("b", 29), ("c", 1)])
    let (training, validation) = try data.split(validationShare: 0.1, seed: 3)
    #expect(counts(validation) == ["a": 7, "b": 3])
    #expect(counts(training) == ["a": 63, "b": 26, "c": 1])
    let texts = Set(training.examples.map(\.text))
    #expect(validation.examples.allSatisfy { !texts.contains($0.text) })
  }

  @Test func `equal texts are never on both sides`() throws {
    var data = dataset([("a", 20), ("b", 20)])
    data.examples += data.examples + data.examples
    let (training, validation) = try data.split(validationShare: 0.25, seed: 1)
    #expect(validation.examples.count == 30 && training.examples.count == 90)
    let texts = Set(training.examples.map(\.text))
    #expect(validation.examples.allSatisfy { !texts.contains($0.text) })
  }

  @Test func `too few examples are not split`() {
    #expect(
      complaint { try dataset([("a", 1)]).split(validationShare: 0.5, seed: 1) }
        == "data.tsv cannot be split: of no label are there two different examples.")
    #expect(
      complaint { try dataset([("a", 2), ("b", 1)]).folds(4, seed: 1) }
        == "data.tsv cannot be split: 4 parts need as many different examples, and there are 3.")
  }

  @Test func `each example is validated on in one fold`() throws {
    let data = dataset([("a", 33), ("b", 17)])
    let folds = try data.folds(5, seed: 1)
    #expect(folds.map(\.validation.examples.count) == [10, 10, 10, 10, 10])
    #expect(Set(folds.flatMap { $0.validation.examples.map(\.text) }).count == 50)
    for (training, validation) in folds {
      #expect(training.examples.count + validation.examples.count == 50)
      #expect(abs((counts(validation)["a"] ?? 0) - 7) <= 1)
    }
  }

  @Test func `what is learnt and what is scored are parted alike`() throws {
    func read(_ purpose: ExamplePurpose) throws -> TextToTextDataset {
      let rows = (0..<40).map { "name[n\($0 % 20)],Sentence \($0).\n" }.joined()
      return TextToTextDataset(
        examples: try textExamples(of: "mr,ref\n" + rows, as: .commaSeparated, "e2e", for: purpose),
        url: URL(filePath: "e2e.csv"))
    }
    let learnt = try read(.training)
    let scored = try read(.evaluation)
    #expect(learnt.examples.count == 40 && scored.examples.count == 20)
    let (training, validation) = try learnt.split(
      evaluation: scored, validationShare: 0.25, seed: 1)
    #expect(training.examples.count == 30 && validation.examples.count == 5)
    let inputs = Set(training.examples.map(\.input))
    #expect(validation.examples.allSatisfy { !inputs.contains($0.input) })
    #expect(learnt.drawn(5, seed: 1).examples.count == 5)
    #expect(learnt.drawn(.max, seed: 1).examples.count == 40)
    #expect(scored.drawn(.max, seed: 1).examples.count == 20)
    let folds = try learnt.folds(4, evaluation: scored, seed: 1)
    #expect(folds.map(\.training.examples.count) == [30, 30, 30, 30])
  }
}
