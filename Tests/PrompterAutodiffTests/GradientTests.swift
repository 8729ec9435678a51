// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct GradientTests {
  // Of a table [6, 2]: whole, or rows 4 and 1.
  private func gradient(_ isWhole: Bool, seed: Int) -> Gradient {
    var random = SeededRandom(seed: seed)
    guard !isWhole else { return .whole(random.tensor([6, 2])) }
    let rows: [Int32] = seed % 2 == 0 ? [4, 1] : [1, 5]
    return .rows(RowGradient(zeros: [6, 2]).adding(random.tensor([2, 2]), at: rows))
  }

  @Test(arguments: [true, false], [true, false])
  func `gradients of either kind add up to the same bits`(first: Bool, second: Bool) {
    let (a, b) = (gradient(first, seed: 2), gradient(second, seed: 3))
    let expected = zip(a.tensor.values, b.tensor.values).map(+)
    let sum = a.adding(b)
    #expect(sum.tensor.values == expected)
    if case .rows(let rows) = sum {
      #expect(!first && !second)
      #expect(rows.rows == [4, 1, 5])
    } else {
      #expect(first || second)
    }
  }

  @Test func `only what is there is stored`() {
    #expect(gradient(true, seed: 1).stored.shape == [6, 2])
    #expect(gradient(false, seed: 1).stored.shape == [2, 2])
    #expect(gradient(false, seed: 1).tensor.shape == [6, 2])
  }
}
