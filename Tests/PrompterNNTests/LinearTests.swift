// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterNN
import PrompterTensor
import Testing

@Suite struct LinearTests {
  private func layer(isTrained: Bool) -> Linear {
    Linear(
      weight: Parameter("w", Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), isTrained: isTrained),
      bias: Parameter("b", Tensor([0.5, -0.5], shape: [2]), isTrained: isTrained))
  }

  @Test(arguments: [false, true])
  func `a layer is x times its weight's transpose plus its bias`(isTrained: Bool) {
    let x = Variable(Tensor([1, 0, -1, 2, 1, 0], shape: [2, 3]))
    let layer = layer(isTrained: isTrained)
    #expect(layer(x, in: .inference()).value.values == [-1.5, -2.5, 4.5, 12.5])
    #expect(layer.product(x, in: .inference()).value.values == [-2, -2, 4, 13])
    #expect(layer.parameters.map(\.name) == ["w", "b"])
  }

  @Test func `a trained layer's input, weight and bias get gradients, a frozen one's input alone`()
    throws
  {
    for isTrained in [false, true] {
      let (layer, pass) = (layer(isTrained: isTrained), Pass.training(seed: 1, step: 0))
      let tape = try #require(pass.tape)
      let x = tape.variable(Tensor([1, 0, -1, 2, 1, 0], shape: [2, 3]))
      tape.pullback(from: layer(x, in: pass))
      #expect(x.gradient?.values == [5, 7, 9, 5, 7, 9])
      #expect(pass.gradient(of: layer.weight)?.values == (isTrained ? [3, 1, -1, 3, 1, -1] : nil))
      #expect(pass.gradient(of: layer.bias)?.values == (isTrained ? [2, 2] : nil))
    }
  }

  @Test func `a row of a frozen layer has the same bits in a batch of any size`() {
    _ = ThreadTeam(count: 1)  // as every replica does
    var generator = SeededGenerator(seed: 1)
    let (inputs, outputs) = (96, 40)
    let weight = Tensor(normal: [outputs, inputs], deviation: 0.2, using: &generator)
    let layer = Linear(
      weight: Parameter("w", weight, isTrained: false),
      bias: Parameter("b", Tensor(zeros: [outputs]), isTrained: false))
    let x = Tensor(normal: [400, inputs], deviation: 1, using: &generator).values
    func product(rows: Int) -> [Float] {
      let x = Tensor(Array(x.prefix(rows * inputs)), shape: [rows, inputs])
      return layer(Variable(x), in: .inference()).value.values
    }
    let whole = product(rows: 400)
    for rows in 1..<400 {
      let isSame = product(rows: rows) == Array(whole.prefix(rows * outputs))
      #expect(isSame, "\(rows) rows")
    }
  }
}
