// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite struct BlockSumsTests {
  private static let shares = [
    ColumnShare(column: 0, weight: 1), ColumnShare(column: 2, weight: 0.5),
    ColumnShare(column: 2, weight: -2),
  ]

  @Test func `blocks of a group's rows are added up`() {
    let x = Tensor((1...24).map { Float($0) }, shape: [6, 4])
    let sums = blockSums(of: Variable(x), Self.shares, width: 2).value
    // 1 + 7 / 2 - 2 · 11, 2 + 8 / 2 - 2 · 12 and so on.
    #expect(sums.shape == [2, 2])
    #expect(sums.values == [-17.5, -18, -23.5, -24])
  }

  @Test func `its gradients are right, also where blocks overlap`() {
    var random = SeededRandom(seed: 8)
    let overlapping = Self.shares + [ColumnShare(column: 1, weight: 3)]
    for (shares, rows) in [(Self.shares, 9), (overlapping, 8), ([Self.shares[1]], 3)] {
      checkGradients(of: [random.tensor([rows, 4], in: -2...2)]) { inputs in
        crossEntropy(
          blockSums(of: inputs[0], shares, width: 2),
          labels: Array(repeating: 1, count: rows / shares.count), scale: 0.5)
      }
    }
  }
}
