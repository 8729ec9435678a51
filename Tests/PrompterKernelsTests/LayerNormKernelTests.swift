// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct LayerNormKernelTests {
  @Test func `rows far from zero keep their digits`() {
    var random = SeededRandom(seed: 1)
    let x = random.tensor([5, 384], in: 99...101)
    let (gain, offset) = (random.tensor([384]), random.tensor([384]))
    let y = Tensor(uninitialized: x.shape)
    Kernels.layerNorm(
      x.buffer, bias: nil, residual: nil, gain: gain.buffer, offset: offset.buffer,
      epsilon: 1e-12, into: y.buffer, saved: nil)
    let expected = Reference.layerNorm(
      Matrix(x), gain: gain.values, offset: offset.values, epsilon: 1e-12)
    expectClose(y, expected.tensor, absolute: 1e-4)
  }

  @Test func `a row without variance becomes the offset`() {
    let x = Tensor(repeating: 3, shape: [2, 8])
    let y = Tensor(uninitialized: [2, 8])
    Kernels.layerNorm(
      x.buffer, bias: nil, residual: nil, gain: Tensor(repeating: 5, shape: [8]).buffer,
      offset: Tensor(repeating: 7, shape: [8]).buffer, epsilon: 1e-12, into: y.buffer, saved: nil)
    #expect(y.values == Array(repeating: 7, count: 16))
  }

  @Test func `a row's bits do not depend on the rows beside it`() {
    var random = SeededRandom(seed: 2)
    let (x, gain, offset) = (random.tensor([9, 31]), random.tensor([31]), random.tensor([31]))
    func norm(_ x: Tensor) -> Tensor {
      let y = Tensor(uninitialized: x.shape)
      Kernels.layerNorm(
        x.buffer, bias: nil, residual: nil, gain: gain.buffer, offset: offset.buffer,
        epsilon: 1e-5, into: y.buffer, saved: nil)
      return y
    }
    let all = norm(x).values
    for row in 0..<9 {
      let range = row * 31..<(row + 1) * 31
      let alone = norm(Tensor(Array(x.values[range]), shape: [1, 31]))
      expectSameBits(alone, Tensor(Array(all[range]), shape: [1, 31]))
    }
  }
}
