// SPDX-License-Identifier: Apache-2.0

import PrompterCore
import PrompterTensor
import Testing

@Suite struct LowerStatesTests {
  @Test func `rows have the states of their texts`() {
    let lower = LowerStates(layers: 2, states: Tensor([0, 1, 10, 11, 20, 21], shape: [3, 2]))
    let rows = lower.gathered([1, 0, 1], offsets: [0, 1, 3])
    #expect(rows.layers == 2 && rows.slotStates.shape == [5, 2])
    #expect(rows.slotStates.values == [10, 11, 20, 21, 0, 1, 10, 11, 20, 21])
  }
}
