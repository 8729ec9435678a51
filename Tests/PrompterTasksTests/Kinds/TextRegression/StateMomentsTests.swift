// SPDX-License-Identifier: Apache-2.0

import PrompterTensor
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct StateMomentsTests {
  @Test func `a line is found that passes through all points`() throws {
    var moments = StateMoments(width: 2)
    for (x, z) in [(0.0, 1.0), (1, 0), (2, 5), (3, -1), (5, 2)] {
      moments.add([x, z], 3 * x - 2 * z + 7)
    }
    let (weight, bias) = try #require(moments.solution(penalty: 1e-12))
    #expect(abs(weight[0] - 3) < 1e-9 && abs(weight[1] + 2) < 1e-9)
    #expect(abs(bias - 7) < 1e-9)
  }

  @Test func `a penalty draws the weights to 0 and the bias to the mean`() throws {
    var moments = StateMoments(width: 1)
    for x in [-1.0, 1] { moments.add([x], 4 * x + 10) }
    // The mean of x² is 1 and that of x y is 4: w = 4 / (1 + 3).
    let (weight, bias) = try #require(moments.solution(penalty: 3))
    #expect(abs(weight[0] - 1) < 1e-12 && abs(bias - 10) < 1e-12)
  }

  @Test func `moments add up, and a part can be taken out`() {
    var random = SeededRandom(seed: 4)
    var (all, part, rest) = (
      StateMoments(width: 3), StateMoments(width: 3), StateMoments(width: 3)
    )
    for example in 0..<12 {
      let state = random.tensor([3], in: -2...2).values.map(Double.init)
      let target = Double(example) / 4
      all.add(state, target)
      if example % 3 == 0 { part.add(state, target) } else { rest.add(state, target) }
    }
    for found in [all.without(part), StateMoments(width: 3).with(rest)] {
      #expect(found.count == 8)
      #expect(abs(found.targetSum - rest.targetSum) < 1e-12)
      for (a, b) in zip(found.sums + found.products, rest.sums + rest.products) {
        #expect(abs(a - b) < 1e-12)
      }
      for (a, b) in zip(found.squares, rest.squares) { #expect(abs(a - b) < 1e-12) }
    }
  }

  @Test func `what cannot be solved is none`() {
    var moments = StateMoments(width: 1)
    moments.add([.nan], 1)
    #expect(moments.solution(penalty: 1) == nil)
  }
}
