// SPDX-License-Identifier: Apache-2.0

import Prompter
@testable import PrompterTraining
import PrompterAutodiff
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct GradientSumsTests {
  private let parameters = ["a", "b"].map {
    Parameter($0, Tensor(zeros: [2]), isTrained: true)
  }

  // Whose sum depends on the order: 1 is lost beside 1e8.
  private let terms: [Float] = [1e8, 1, -1e8, 1]

  private func gradient(_ value: Float) -> Gradient { .whole(Tensor([value, 1], shape: [2])) }

  @Test func `the replicas' order decides the bits, whoever comes first`() {
    withEvery("order", in: [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]]) { order in
      let sums = GradientSums(of: parameters)
      for replica in order {
        sums.add(gradient(terms[replica]), of: parameters[1], replica: replica)
      }
      let taken = sums.take()
      #expect(taken[0] == nil)
      #expect(taken[1]?.tensor.values == [1, 4])
    }
  }

  @Test func `a replica without a gradient is left out`() {
    withEvery("order", in: [[1, 3], [3, 1], [0, 3], [3, 0]]) { order in
      let sums = GradientSums(of: parameters)
      for replica in order {
        sums.add(gradient(Float(replica)), of: parameters[0], replica: replica)
      }
      #expect(sums.take()[0]?.tensor.values == [Float(order[0] + order[1]), 2])
    }
  }

  @Test func `a parameter that is none of the sums' is passed over`() {
    let sums = GradientSums(of: [parameters[0]])
    sums.add(gradient(1), of: parameters[1], replica: 0)
    #expect(sums.take().compactMap(\.self).isEmpty)
  }
}
