// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite struct HeadMapTests {
  // Rows of the weight are those of head 0, then head 1: q₀ W₀ and q₁ W₁, and back.
  @Test(arguments: Precision.allCases)
  func `each head has its own rows of the weight`(precision: Precision) {
    let weight = Parameter(
      "w", Tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], shape: [4, 3]), isTrained: false)
    let map = HeadMap(weight: weight, heads: 2, precision: precision)
    let asked = map.transposed(Variable(Tensor([1, 0, 1, -1], shape: [1, 4])))
    expectClose(
      asked.value, Tensor([1, 2, 3, -3, -3, -3], shape: [2, 3]), absolute: 1e-2, relative: 1e-2)
    let heard = map(Variable(Tensor([1, 0, -1, 0, 1, 0], shape: [2, 3])))
    expectClose(
      heard.value, Tensor([-2, -2, 8, 11], shape: [1, 4]), absolute: 1e-2, relative: 1e-2)
  }

  @Test func `a question to a state is the question to its key`() {
    var random = SeededRandom(seed: 4)
    let weight = Parameter("w", random.tensor([6, 5]), isTrained: false)
    let (asked, state) = (random.tensor([1, 6]), random.tensor([1, 5]))
    let spread = HeadMap(weight: weight, heads: 2).transposed(Variable(asked)).value.values
    let key = LinearMap(weight: weight)(Variable(state), in: .inference()).value.values
    for head in 0..<2 {
      let direct = (0..<5).reduce(Float(0)) { $0 + spread[head * 5 + $1] * state.values[$1] }
      let projected = (0..<3).reduce(Float(0)) {
        $0 + asked.values[head * 3 + $1] * key[head * 3 + $1]
      }
      #expect(abs(direct - projected) < 1e-5)
    }
  }
}
