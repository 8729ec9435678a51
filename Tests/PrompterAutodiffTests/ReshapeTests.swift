// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite struct ReshapeTests {
  @Test func `values stay and gradients come back in their own shape`() {
    var random = SeededRandom(seed: 4)
    let (x, weight) = (random.tensor([6, 2]), random.tensor([3, 4]))
    let y = reshaped(Variable(x), to: [3, 4])
    #expect(y.value.values == x.values && y.shape == [3, 4] && !y.isRecorded)
    checkGradients(of: [x, weight]) { product(reshaped($0[0], to: [3, 4]), $0[1]) }
  }
}
