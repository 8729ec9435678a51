// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterNN
import PrompterTensor
import Testing

@Suite struct LinearMapTests {
  @Test(arguments: [false, true])
  func `a map is x times its weight's transpose, and passes gradients on`(isTrained: Bool) throws {
    let map = LinearMap(
      weight: Parameter("w", Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), isTrained: isTrained))
    let pass = Pass.training(seed: 1, step: 0)
    let tape = try #require(pass.tape)
    let x = tape.variable(Tensor([1, 0, -1, 2, 1, 0], shape: [2, 3]))
    let y = map(x, in: pass)
    #expect(y.value.values == [-2, -2, 4, 13])
    tape.pullback(from: y)
    #expect(x.gradient?.values == [5, 7, 9, 5, 7, 9])
    #expect(pass.gradient(of: map.weight)?.values == (isTrained ? [3, 1, -1, 3, 1, -1] : nil))
    #expect(map.parameters.map(\.name) == ["w"])
  }
}
