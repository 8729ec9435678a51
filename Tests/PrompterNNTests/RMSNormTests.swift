// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite struct RMSNormTests {
  @Test(arguments: [false, true])
  func `a norm divides by the root mean square and multiplies by its gain`(isTrained: Bool) throws {
    let gain = Parameter("g", Tensor([1, 2], shape: [2]), isTrained: isTrained)
    let norm = RMSNorm(gain: gain, epsilon: 0)
    let pass = Pass.training(seed: 1, step: 0)
    let x = Variable(Tensor([3, 4], shape: [1, 2]))
    let added = Variable(Tensor([-2, 3], shape: [1, 2]))
    let (sum, normal) = norm(x, adding: added, in: pass)
    #expect(sum.value.values == [1, 7])
    expectClose(normal.value, Tensor([0.2, 2.8], shape: [1, 2]))
    #expect(normal.isRecorded == isTrained && !sum.isRecorded)
    if isTrained {
      try #require(pass.tape).pullback(from: normal)
      expectClose(
        try #require(pass.gradient(of: gain)), Tensor([0.2, 1.4], shape: [2]))
    }
  }
}
