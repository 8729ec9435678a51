// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct DropoutTests {
  @Test func `every value's fate is the slow twin's`() {
    withEvery("probability", in: [Float(0), 0.1, 0.5, 0.999]) { probability in
      withEvery("columns", in: [1, 5, 31, 64]) { columns in
        var random = SeededRandom(seed: columns)
        let dropout = Dropout(probability: probability, key: UInt32(columns))
        let (x, keys) = (random.tensor([7, columns]), random.keys(7))
        let y = Tensor(uninitialized: x.shape)
        Kernels.drop(x.buffer, by: dropout, rowKeys: keys, into: y.buffer)
        var expected = Matrix(x)
        for index in expected.values.indices {
          expected.values[index] *= Reference.dropoutFactor(
            dropout, keys: [keys[index / columns]], index: index % columns)
        }
        expectClose(y, expected.tensor, absolute: 0, relative: 1e-6)
      }
    }
  }

  @Test func `about the asked share is dropped and the mean stays`() {
    withEvery("probability", in: [Float(0.05), 0.1, 0.5, 0.9]) { probability in
      let values = mask(Dropout(probability: probability, key: 1), rowKey: 2, columns: 200_000)
      let dropped = values.count { $0 == 0 }
      let mean = values.reduce(0) { $0 + Double($1) } / 200_000
      // Six standard errors.
      let share = Double(probability)
      let error = 6 * (share * (1 - share) / 200_000).squareRoot()
      #expect(abs(Double(dropped) / 200_000 - share) < error)
      #expect(abs(mean - 1) < error / (1 - share))
    }
  }

  @Test func `masks of different keys and rows are as good as independent`() {
    let masks = [(1, 1), (1, 2), (2, 1), (3, 7)].map { key, row in
      mask(Dropout(probability: 0.5, key: UInt32(key)), rowKey: UInt32(row), columns: 100_000)
    }
    for first in masks.indices {
      for second in masks.indices where second > first {
        let equal = zip(masks[first], masks[second]).count { $0 == $1 }
        #expect(abs(equal - 50_000) < 1_000, "masks \(first) and \(second)")
      }
      // Neither does a value's fate hang on its neighbour's.
      let repeated = zip(masks[first], masks[first].dropFirst()).count { $0 == $1 }
      #expect(abs(repeated - 50_000) < 1_000, "mask \(first)")
    }
  }

  @Test func `a row's mask does not depend on the rows beside it`() {
    let dropout = Dropout(probability: 0.4, key: 9)
    let x = Tensor(repeating: 1, shape: [3, 50])
    let y = Tensor(uninitialized: [3, 50])
    Kernels.drop(x.buffer, by: dropout, rowKeys: [4, 5, 6], into: y.buffer)
    #expect(Array(y.values[50..<100]) == mask(dropout, rowKey: 5, columns: 50))
  }

  private func mask(_ dropout: Dropout, rowKey: UInt32, columns: Int) -> [Float] {
    let y = Tensor(uninitialized: [1, columns])
    Kernels.drop(
      Tensor(repeating: 1, shape: [1, columns]).buffer, by: dropout, rowKeys: [rowKey],
      into: y.buffer)
    return y.values
  }
}
