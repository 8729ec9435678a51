// SPDX-License-Identifier: Apache-2.0

import PrompterNN
import PrompterTensor
import Testing

@Suite struct GradientNormTests {
  @Test func `the norm is that of all gradients together`() {
    let norm = globalNorm([Tensor([3, 0], shape: [2]), nil, Tensor([0, -4], shape: [1, 2])])
    #expect(norm == 5)
    #expect(globalNorm([]) == 0)
    #expect(globalNorm([nil]) == 0)
  }

  @Test func `huge gradients do not overflow the norm`() {
    let norm = globalNorm([Tensor([3e30, 4e30], shape: [2])])
    #expect(abs(norm / 5e30 - 1) < 1e-6)
    #expect(globalNorm([Tensor([.nan, 1], shape: [2])]).isNaN)
  }

  @Test func `clipping brings a long gradient to the limit and leaves a short one`() {
    #expect(abs(clippingFactor(norm: 4, limit: 1) - 0.25) < 1e-6)
    #expect(clippingFactor(norm: 0.5, limit: 1) == 1)
    #expect(clippingFactor(norm: 0, limit: 1) == 1)
    #expect(clippingFactor(norm: 1e9, limit: nil) == 1)
    #expect(clippingFactor(norm: .infinity, limit: 1) == 0)
  }
}
