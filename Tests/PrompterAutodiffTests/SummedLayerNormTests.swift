// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct SummedLayerNormTests {
  // Large, or a row of few values would be too steep for differences.
  private let epsilon: Float = 0.3

  private typealias Inputs = (x: Tensor, added: Tensor, gain: Tensor, offset: Tensor)

  private func forEachShape(_ body: (Inputs) -> Void) {
    withEvery("rows", in: [1, 2, 7]) { rows in
      withEvery("columns", in: [2, 5, 16, 31, 64]) { columns in
        var random = SeededRandom(seed: rows + columns)
        body(
          (
            random.tensor([rows, columns]), random.tensor([rows, columns]),
            random.tensor([columns]), random.tensor([columns])
          ))
      }
    }
  }

  @Test func `sum and norm are those of a norm that takes the residual`() {
    forEachShape { x, added, gain, offset in
      let found = layerNorm(
        Variable(x), adding: Variable(added), gain: Variable(gain), offset: Variable(offset),
        epsilon: epsilon)
      let sum = Tensor(zip(x.values, added.values).map { $0 + $1 }, shape: x.shape)
      expectClose(found.sum.value, sum, absolute: 0)
      let expected = Reference.layerNorm(
        Matrix(sum), gain: gain.values, offset: offset.values, epsilon: Double(epsilon))
      expectClose(found.normalized.value, expected.tensor, absolute: 2e-6)
    }
  }

  @Test func `without an offset nothing is added`() {
    forEachShape { x, added, gain, _ in
      func norm(_ offset: Tensor?) -> Tensor {
        layerNorm(
          Variable(x), adding: Variable(added), gain: Variable(gain),
          offset: offset.map { Variable($0) }, epsilon: epsilon
        ).normalized.value
      }
      expectClose(norm(nil), norm(Tensor(zeros: gain.shape)), absolute: 1e-7)
    }
  }

  @Test func `without anything to add the sum is the input`() {
    var random = SeededRandom(seed: 1)
    let x = Variable(random.tensor([3, 8]))
    let found = layerNorm(
      x, adding: nil, gain: Variable(random.tensor([8])), offset: nil, epsilon: epsilon)
    #expect(found.sum === x)
  }

  @Test func `all gradients are right when sum and norm are both read`() {
    forEachShape { x, added, gain, offset in
      checkGradients(of: [x, added, gain, offset]) {
        let (sum, normal) = layerNorm(
          $0[0], adding: $0[1], gain: $0[2], offset: $0[3], epsilon: epsilon)
        // A second norm reads both.
        return layerNorm(
          sum, adding: normal, gain: $0[2], offset: $0[3], epsilon: epsilon
        ).normalized
      }
    }
  }

  @Test func `gradients are right with nothing to add and a frozen gain`() {
    forEachShape { x, _, gain, _ in
      let gain = Variable(gain)
      checkGradients(of: [x]) {
        let (sum, normal) = layerNorm(
          $0[0], adding: nil, gain: gain, offset: nil, epsilon: epsilon)
        return layerNorm(sum, adding: normal, gain: gain, offset: nil, epsilon: epsilon).normalized
      }
    }
  }

  @Test func `a sum that nobody normalises keeps its gradient`() {
    var random = SeededRandom(seed: 2)
    let inputs = [random.tensor([3, 8]), random.tensor([3, 8])]
    let gain = Variable(random.tensor([8]))
    checkGradients(of: inputs) {
      layerNorm($0[0], adding: $0[1], gain: gain, offset: nil, epsilon: epsilon).sum
    }
  }

  @Test func `constants leave no record`() {
    var random = SeededRandom(seed: 4)
    let (x, gain) = (Variable(random.tensor([4, 8])), Variable(random.tensor([8])))
    let found = layerNorm(x, adding: x, gain: gain, offset: nil, epsilon: epsilon)
    #expect(!found.sum.isRecorded && !found.normalized.isRecorded)
  }
}
