// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct RMSNormTests {
  // Large, or a row of one value would be too steep for differences.
  private let epsilon: Float = 0.3

  private func forEachShape(_ body: (_ x: Tensor, _ added: Tensor, _ gain: Tensor) -> Void) {
    withEvery("rows", in: [1, 2, 7]) { rows in
      withEvery("columns", in: [1, 5, 16, 31, 64]) { columns in
        var random = SeededRandom(seed: rows + columns)
        body(
          random.tensor([rows, columns]), random.tensor([rows, columns]),
          random.tensor([columns]))
      }
    }
  }

  @Test func `sum and norm agree with the slow twin`() {
    forEachShape { x, added, gain in
      let found = rmsNorm(
        Variable(x), adding: Variable(added), gain: Variable(gain), epsilon: epsilon)
      let sum = Tensor(zip(x.values, added.values).map { $0 + $1 }, shape: x.shape)
      expectClose(found.sum.value, sum, absolute: 0)
      let expected = Reference.rmsNorm(
        Matrix(sum), gain: gain.values, epsilon: Double(epsilon))
      expectClose(found.normalized.value, expected.tensor, absolute: 2e-6)
    }
  }

  @Test func `without anything to add the sum is the input`() {
    var random = SeededRandom(seed: 1)
    let x = Variable(random.tensor([3, 8]))
    let found = rmsNorm(x, gain: Variable(random.tensor([8])), epsilon: epsilon)
    #expect(found.sum === x)
  }

  @Test func `all gradients are right when sum and norm are both read`() {
    forEachShape { x, added, gain in
      checkGradients(of: [x, added, gain]) {
        let (sum, normal) = rmsNorm($0[0], adding: $0[1], gain: $0[2], epsilon: epsilon)
        // A second norm reads both.
        return rmsNorm(sum, adding: normal, gain: $0[2], epsilon: epsilon).normalized
      }
    }
  }

  @Test func `gradients are right with nothing to add and a frozen gain`() {
    forEachShape { x, _, gain in
      checkGradients(of: [x]) {
        let (sum, normal) = rmsNorm($0[0], gain: Variable(gain), epsilon: epsilon)
        return rmsNorm(sum, adding: normal, gain: Variable(gain), epsilon: epsilon).normalized
      }
    }
  }

  @Test func `a sum that nobody normalises keeps its gradient`() {
    var random = SeededRandom(seed: 2)
    let inputs = [random.tensor([3, 8]), random.tensor([3, 8])]
    let gain = Variable(random.tensor([8]))
    checkGradients(of: inputs) {
      rmsNorm($0[0], adding: $0[1], gain: gain, epsilon: epsilon).sum
    }
  }

  @Test func `a trained gain over constants has its gradient`() {
    var random = SeededRandom(seed: 3)
    let (x, added) = (Variable(random.tensor([4, 8])), Variable(random.tensor([4, 8])))
    checkGradients(of: [random.tensor([8])]) {
      rmsNorm(x, adding: added, gain: $0[0], epsilon: epsilon).normalized
    }
  }

  @Test func `constants leave no record`() {
    var random = SeededRandom(seed: 4)
    let (x, gain) = (Variable(random.tensor([4, 8])), Variable(random.tensor([8])))
    let found = rmsNorm(x, adding: x, gain: gain, epsilon: epsilon)
    #expect(!found.sum.isRecorded && !found.normalized.isRecorded)
  }
}
