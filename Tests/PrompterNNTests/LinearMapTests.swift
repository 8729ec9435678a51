// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterNN
import PrompterTensor
import PrompterTestSupport
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

  @Test(arguments: Precision.allCases)
  func `joined maps give their outputs side by side and the sum of their pullbacks`(
    precision: Precision
  ) throws {
    let weights: [[Float]] = [[1, 2, 3, 4, 5, 6], [-1, 0, 2, 3, -2, 1]]
    let parts = weights.map { Parameter("w", Tensor($0, shape: [2, 3]), isTrained: false) }
    let pass = Pass.training(seed: 1, step: 0)
    let tape = try #require(pass.tape)
    let x = tape.variable(Tensor([1, 0, -1], shape: [1, 3]))
    let map = LinearMap(joining: parts, precision: precision)
    let y = map(x, in: pass)
    expectClose(y.value, Tensor([-2, -2, -3, 2], shape: [1, 4]), absolute: 1e-2)
    tape.pullback(from: y)
    expectClose(try #require(x.gradient), Tensor([7, 5, 12], shape: [1, 3]), absolute: 1e-2)
    #expect(map.parameters.count == 2)
  }

  // 1 + 1/256 is half-way between two bfloat16 values, of which 1 is the even one.
  @Test(arguments: [false, true])
  func `in bfloat16 both factors of all products are rounded`(isTrained: Bool) throws {
    let odd: Float = 1 + 1 / 256
    let map = LinearMap(
      weight: Parameter("w", Tensor([odd], shape: [1, 1]), isTrained: isTrained),
      precision: .bfloat16)
    let pass = Pass.training(seed: 1, step: 0)
    let tape = try #require(pass.tape)
    let x = tape.variable(Tensor([odd], shape: [1, 1]))
    let y = map(x, in: pass)
    #expect(map.roundsFactors)
    #expect(y.value.values == [1])
    tape.pullback(from: y, seed: Tensor([odd], shape: [1, 1]))
    #expect(x.gradient?.values == [1])
    #expect(pass.gradient(of: map.weight)?.values == (isTrained ? [1] : nil))
    #expect(map.weight.value.values == [odd])
  }

  @Test(arguments: [Precision.float32, .int16])
  func `a trained weight's products round nothing in other precisions`(
    precision: Precision
  ) throws {
    let odd: Float = 1 + 1 / 256
    let map = LinearMap(
      weight: Parameter("w", Tensor([odd], shape: [1, 1]), isTrained: true), precision: precision)
    #expect(!map.roundsFactors)
    let y = map(Variable(Tensor([odd], shape: [1, 1])), in: .training(seed: 1, step: 0))
    #expect(y.value.values == [odd * odd])
  }
}
