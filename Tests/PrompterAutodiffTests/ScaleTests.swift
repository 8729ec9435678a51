// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite struct ScaleTests {
  @Test func `every value is multiplied and so is every gradient`() {
    var random = SeededRandom(seed: 1)
    let x = random.tensor([3, 5])
    let y = scaled(Variable(x), by: 0.5)
    #expect(y.value.values == x.values.map { 0.5 * $0 } && !y.isRecorded)
    checkGradients(of: [x]) { scaled($0[0], by: -1.5) }
  }
}
