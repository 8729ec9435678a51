// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct ClassWeightsTests {
  private func kind(_ weights: ClassWeights, _ labels: [String]) throws -> TextClassification {
    let examples = labels.enumerated().map {
      Example(text: "a", label: $0.element, line: $0.offset + 1)
    }
    let training = Dataset(examples: examples, url: URL(filePath: "train.tsv"))
    let task = TaskDescription(kind: .textClassification, labels: ["a", "b", "c"])
    return try TextClassification(task).weighted(by: weights, in: training)
  }

  private func weights(of kind: TextClassification) -> [Double] {
    (0..<3).map { kind.weight(of: MeanTarget(Int32($0))) }
  }

  @Test func `weights are written as a word or with labels`() throws {
    #expect(ClassWeights("balanced") == .balanced)
    let given = ClassWeights.given([
      LabelWeight(label: "no", weight: 1), LabelWeight(label: "a=b", weight: 3.5),
    ])
    #expect(ClassWeights("no=1, a=b=3.5") == given)
    for weights in [ClassWeights.balanced, given] {
      #expect(ClassWeights(weights.description) == weights)
      let json = try JSONEncoder().encode([weights])
      #expect(try JSONDecoder().decode([ClassWeights].self, from: json) == [weights])
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([ClassWeights].self, from: Data(#"["equal"]"#.utf8))
    }
  }

  @Test(arguments: [
    "", "a", "a=", "=1", "a=0", "a=-1", "a=nan", "a=inf", "a=1,a=2", "a=1,", "even",
  ])
  func `what is no list of weights is refused`(written: String) {
    #expect(ClassWeights(written) == nil)
  }

  // sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 1, 2],
  // y=[0]*5+[1]*2+[2])
  @Test func `balanced weights are scikit-learn's`() throws {
    let labels = Array(repeating: "a", count: 5) + ["b", "b", "c"]
    for (ours, theirs) in zip(
      weights(of: try kind(.balanced, labels)), [0.533_333_33, 1.333_333_33, 2.666_666_67])
    {
      #expect(abs(ours - theirs) < 1e-6)
    }
    // A label without examples takes nothing from the others.
    #expect(
      try weights(of: kind(.balanced, ["a", "a", "a", "b"])) == [Double(Float(2.0 / 3)), 2, 1])
  }

  @Test func `weights of no label of the task are refused`() throws {
    let given = try #require(ClassWeights("b=2.5"))
    #expect(try weights(of: kind(given, ["a", "b"])) == [1, 2.5, 1])
    #expect(
      complaint { _ = try kind(#require(ClassWeights("d=2")), ["a", "b"]) }
        == "The label \"d\" is not one of the task's: \"a\", \"b\", \"c\".")
  }

  // torch.nn.CrossEntropyLoss(weight=torch.tensor([0.5, 2.0, 1.25]))(z, torch.tensor([0, 2, 1, 1]))
  // and the gradient of z by backward(), as Scripts/weighted-loss.py prints them.
  @Test func `the weighted loss and its gradient are PyTorch's`() throws {
    let kind = try kind(#require(ClassWeights("a=0.5,b=2,c=1.25")), ["a", "b", "c"])
    let targets = [0, 2, 1, 1].map { MeanTarget(Int32($0)) }
    let scale = 1 / Float(targets.reduce(0) { $0 + kind.weight(of: $1) })
    let tape = Tape()
    let logits = tape.variable(
      Tensor([0.5, -1, 2, 1.5, 0.25, -0.75, 0, 3, 1, -2, 0.125, 0.5], shape: [4, 3]))
    let loss = kind.loss(of: logits, for: targets, scale: scale, zLoss: 0)
    tape.pullback(from: loss)
    expectClose(loss.value, Tensor([1.100424415], shape: []), absolute: 1e-6, relative: 1e-6)
    let gradient = try #require(logits.gradient)
    expectClose(
      gradient,
      Tensor(
        [
          -0.071713879, 0.003401093, 0.068312786,
          0.156182683, 0.044747088, -0.200929771,
          0.014612197, -0.054332266, 0.039720069,
          0.016136385, -0.212717793, 0.196581408,
        ], shape: [4, 3]), absolute: 1e-6, relative: 1e-6)
  }

  @Test func `parts of a step add up to the whole`() throws {
    let kind = try kind(#require(ClassWeights("a=0.5,b=2")), ["a", "b"])
    let targets = [0, 1, 1, 2].map { MeanTarget(Int32($0)) }
    let scale = 1 / Float(targets.reduce(0) { $0 + kind.weight(of: $1) })
    let logits = Tensor((0..<12).map { Float($0 * 7 % 5) / 3 }, shape: [4, 3])
    func loss(_ rows: Range<Int>) -> Float {
      let own = Tensor(
        Array(logits.values[rows.lowerBound * 3..<rows.upperBound * 3]), shape: [rows.count, 3])
      return kind.loss(of: Variable(own), for: Array(targets[rows]), scale: scale, zLoss: 1e-3)
        .value.values[0]
    }
    #expect(abs(loss(0..<4) - loss(0..<1) - loss(1..<4)) < 1e-6)
    checkGradients(of: [logits]) { kind.loss(of: $0[0], for: targets, scale: scale, zLoss: 1e-3) }
  }

  @Test func `equal weights change no bit`() throws {
    let logits = Tensor((0..<12).map { Float($0 * 7 % 5) / 3 }, shape: [4, 3])
    func run(_ weights: [Float]?) -> (Tensor, Tensor?) {
      let tape = Tape()
      let variable = tape.variable(logits)
      let loss = crossEntropy(
        variable, labels: [0, -1, 2, 1], weights: weights, scale: 1 / 3, zLoss: 1e-4)
      tape.pullback(from: loss)
      return (loss.value, variable.gradient)
    }
    let (alike, weighted) = (run(nil), run([1, 1, 1]))
    expectSameBits(alike.0, weighted.0)
    expectSameBits(try #require(alike.1), try #require(weighted.1))
  }
}
