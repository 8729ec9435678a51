// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterNN
import PrompterTensor
import Testing

@Suite struct GradientNormTests {
  @Test func `the norm is that of all gradients together`() {
    let norm = globalNorm([Tensor([3, 0], shape: [2]), nil, Tensor([0, -4], shape: [1, 2])])
    #expect(norm == 5)
    #expect(globalNorm([]) == 0)
    #expect(globalNorm([nil]) == 0)
  }

  @Test func `the number of threads changes no bit of the norm`() {
    var generator = SeededGenerator(seed: 3)
    let gradients = [700_001, 5, 300_000].map {
      Tensor(normal: [$0], deviation: 1, using: &generator)
    }
    let alone = globalNorm(gradients)
    let squares = gradients.flatMap(\.values).reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(alone / squares.squareRoot() - 1) < 1e-9)
    for threads in [2, 3] {
      #expect(globalNorm(gradients, team: ThreadTeam(count: threads)) == alone)
    }
  }

  @Test func `rows count for the table, whose other gradients are zeros`() {
    let rows = RowGradient(zeros: [40, 2]).adding(
      Tensor([3, 0, 0, 4], shape: [2, 2]), at: [9, 2])
    let team = ThreadTeam(count: 1)
    #expect(globalNorm([.rows(rows), nil], team: team) == 5)
    #expect(globalNorm([.whole(rows.tensor), nil], team: team) == 5)
  }

  @Test func `huge gradients do not overflow the norm`() {
    let norm = globalNorm([Tensor([3e30, 4e30], shape: [2])])
    #expect(abs(norm / 5e30 - 1) < 1e-6)
    #expect(globalNorm([Tensor([.nan, 1], shape: [2])]).isNaN)
  }

  @Test func `clipping brings a long gradient to the limit and leaves a short one`() {
    #expect(abs(clippingFactor(norm: 4, limit: 1) - 0.25) < 1e-6)
    #expect(clippingFactor(norm: 0.5, limit: 1) == 1)
    #expect(clippingFactor(norm: 0, limit: 1) == 1)
    #expect(clippingFactor(norm: 1e9, limit: nil) == 1)
    #expect(clippingFactor(norm: .infinity, limit: 1) == 0)
  }
}
