// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct MeanTargetTests {
  private let outputs = Tensor([1, 2, 3, -4, 5, 6, 0.5, 1], shape: [4, 2])

  @Test func `outputs are averaged over each example's rows`() {
    let targets = [MeanTarget(Int32(0)), MeanTarget(1, rowCount: 2), MeanTarget(0)]
    let means = MeanTarget.means(of: Variable(outputs), for: targets)
    expectClose(means.value, Tensor([1, 2, 4, 1, 0.5, 1], shape: [3, 2]))
    #expect(meanOutputs([[3, -4], [5, 6]]) == [4, 1])
    #expect(meanOutputs([[3, -4]]) == [3, -4])
  }

  @Test func `where each has one row nothing is computed`() {
    let targets = (0..<4).map { MeanTarget(Int32($0)) }
    let means = MeanTarget.means(of: Variable(outputs), for: targets)
    #expect(means.value.buffer === outputs.buffer)
  }

  @Test func `the loss is that of the means`() throws {
    let targets = [MeanTarget(Int32(0), rowCount: 3), MeanTarget(1)]
    let kind = TextClassification(TaskDescription(kind: .textClassification, labels: ["a", "b"]))
    let mean = Tensor([3, 4 / 3, 0.5, 1], shape: [2, 2])
    expectClose(
      kind.loss(of: Variable(outputs), for: targets, scale: 0.5, zLoss: 0).value,
      crossEntropy(Variable(mean), labels: [0, 1], scale: 0.5).value)
    checkGradients(of: [outputs]) { kind.loss(of: $0[0], for: targets, scale: 0.5, zLoss: 1e-3) }
    let numbers = TextRegression(try #require(TaskDescription.preset("text-regression")))
    let heights = [MeanTarget(Float(2), rowCount: 3), MeanTarget(1)]
    checkGradients(of: [Tensor([1, 2, 3, -4], shape: [4, 1])]) {
      numbers.loss(of: $0[0], for: heights, scale: 0.5, zLoss: 0)
    }
  }
}
