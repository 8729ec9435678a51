// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct ConvolutionTests {
  // Two rows of 3 and 1 slots, the first of which is asked for twice.
  private static let neighbours: [Int32] = [-1, 0, 1, 0, 1, 2, 1, 2, -1, -1, 3, -1, -1, 0, 1]

  @Test func `neighbours stand side by side, with zeros where there is none`() {
    let x = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [4, 2])
    let y = sideBySide([-1, 0, 1, 2, 3, -1], count: 3, of: Variable(x))
    #expect(y.value.values == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0])
    #expect(y.shape == [2, 6])
  }

  @Test func `a convolution is the sum over neighbours and inputs of a group`() {
    withEvery("groups", in: [1, 2]) { groups in
      let (x, weight) = Self.inputs(groups: groups)
      let y = Self.convolution(Variable(x), Variable(weight), groups: groups)
      expectClose(y.value, Self.expected(x, weight, groups: groups))
    }
  }

  @Test func `its gradients are right`() {
    withEvery("groups", in: [1, 2]) { groups in
      let (x, weight) = Self.inputs(groups: groups)
      checkGradients(of: [x, weight]) { Self.convolution($0[0], $0[1], groups: groups) }
    }
  }

  private static func inputs(groups: Int) -> (x: Tensor, weight: Tensor) {
    var random = SeededRandom(seed: groups)
    return (random.tensor([4, 6]), random.tensor([4, 6 / groups, 3]))
  }

  private static func convolution(_ x: Variable, _ weight: Variable, groups: Int) -> Variable {
    product(
      sideBySide(neighbours, count: 3, of: x), convolutionMatrix(of: weight, groups: groups))
  }

  // One value after the other.
  private static func expected(_ x: Tensor, _ weight: Tensor, groups: Int) -> Tensor {
    let (x, w, own) = (x.values, weight.values, 6 / groups)
    var y: [Float] = []
    for row in 0..<5 {
      for output in 0..<4 {
        var sum: Float = 0
        for (t, neighbour) in neighbours[(3 * row)..<(3 * row + 3)].enumerated()
        where neighbour >= 0 {
          for input in 0..<own {
            let column = output / (4 / groups) * own + input
            sum += w[(output * own + input) * 3 + t] * x[Int(neighbour) * 6 + column]
          }
        }
        y.append(sum)
      }
    }
    return Tensor(y, shape: [5, 4])
  }
}
