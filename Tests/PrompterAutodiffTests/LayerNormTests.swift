// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct LayerNormTests {
  private let epsilon: Float = 1e-3

  @Test func `all five gradients are right`() {
    forEachShape { random, rows, columns in
      let inputs = inputs(&random, rows, columns)
      checkGradients(of: inputs) {
        layerNorm(
          $0[0], bias: $0[1], residual: $0[2], gain: $0[3], offset: $0[4], epsilon: epsilon)
      }
    }
  }

  @Test func `gradients are right without bias or residual and with a frozen gain`() {
    forEachShape { random, rows, columns in
      let inputs = inputs(&random, rows, columns)
      let (gain, offset) = (Variable(inputs[3]), Variable(inputs[4]))
      checkGradients(of: [inputs[0]]) {
        layerNorm($0[0], gain: gain, offset: offset, epsilon: epsilon)
      }
      checkGradients(of: [inputs[0], inputs[2]]) {
        layerNorm($0[0], residual: $0[1], gain: gain, offset: offset, epsilon: epsilon)
      }
      checkGradients(of: [inputs[1]]) {
        layerNorm(
          Variable(inputs[0]), bias: $0[0], gain: gain, offset: offset, epsilon: epsilon)
      }
    }
  }

  @Test func `a variable may be its own residual`() {
    var random = SeededRandom(seed: 1)
    let inputs = inputs(&random, 7, 31)
    checkGradients(of: [inputs[0]]) {
      layerNorm(
        $0[0], residual: $0[0], gain: Variable(inputs[3]), offset: Variable(inputs[4]),
        epsilon: epsilon)
    }
  }

  // The two branches of a residual share one gradient, which neither may write to.
  @Test func `residual layers one after another have right gradients`() {
    var random = SeededRandom(seed: 2)
    let inputs = inputs(&random, 7, 31)
    let (gain, offset) = (Variable(inputs[3]), Variable(inputs[4]))
    let weight = Variable(random.tensor([31, 31], in: -0.3...0.3))
    checkGradients(of: [inputs[0], inputs[1]]) { variables in
      var x = variables[0]
      for _ in 0..<3 {
        let branch = activate(product(x, weight), bias: variables[1], by: .gelu)
        x = layerNorm(branch, residual: x, gain: gain, offset: offset, epsilon: epsilon)
      }
      return x
    }
  }

  @Test func `values are right, and the same bits with and without a tape`() {
    forEachShape { random, rows, columns in
      let inputs = inputs(&random, rows, columns)
      func norm(_ v: [Variable]) -> Tensor {
        layerNorm(v[0], bias: v[1], residual: v[2], gain: v[3], offset: v[4], epsilon: epsilon)
          .value
      }
      let tape = Tape()
      let plain = norm(inputs.map { Variable($0) })
      expectSameBits(norm(inputs.map { tape.variable($0) }), plain)
      var sum = Matrix(inputs[0])
      for index in sum.values.indices {
        sum.values[index] += Double(inputs[1].values[index % columns] + inputs[2].values[index])
      }
      let expected = Reference.layerNorm(
        sum, gain: inputs[3].values, offset: inputs[4].values, epsilon: Double(epsilon))
      expectClose(plain, expected.tensor, absolute: 2e-5)
    }
  }

  // x, bias, residual, gain and offset.
  private func inputs(_ random: inout SeededRandom, _ rows: Int, _ columns: Int) -> [Tensor] {
    [
      random.tensor([rows, columns], in: -2...2), random.tensor([columns]),
      random.tensor([rows, columns], in: -2...2), random.tensor([columns], in: 0.5...2),
      random.tensor([columns]),
    ]
  }

  private func forEachShape(_ body: (inout SeededRandom, _ rows: Int, _ columns: Int) -> Void) {
    withEvery("rows", in: [1, 2, 7, 33]) { rows in
      withEvery("columns", in: [1, 5, 8, 31, 64]) { columns in
        var random = SeededRandom(seed: rows * 13 + columns)
        body(&random, rows, columns)
      }
    }
  }
}
