// SPDX-License-Identifier: Apache-2.0

import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Synchronization
import Testing

/// Replicas on threads of their own share packed weights; their results must be the bits that one
/// thread gets.
@Suite(.namesValues, .serialized) struct SharedWeightTests {
  @Test(arguments: [PackedMatrix.Layout.panels, .packed, .automatic], Precision.allCases)
  func `thousands of products on two threads are the bits of one thread's`(
    layout: PackedMatrix.Layout, precision: Precision
  ) {
    let weights = [(96, 160), (384, 384), (64, 1)].map { Weight($0, layout, precision) }
    let expected = weights.map { weight in (1...64).map { weight.products(rows: $0) } }
    let differing = Atomic(0)
    let team = ThreadTeam(count: 2)
    team.run { part in
      var random = SeededRandom(seed: part)
      for _ in 0..<1200 {
        let which = Int(random.next() % UInt64(weights.count))
        let rows = 1 + Int(random.next() % 64)
        let (forward, backward) = weights[which].products(rows: rows)
        let (first, second) = expected[which][rows - 1]
        if !sameBits(forward, first) || !sameBits(backward, second) {
          differing.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(differing.load(ordering: .relaxed) == 0)
  }

  // Packing happens when a direction is first used, here by all threads at once.
  @Test(arguments: [PackedMatrix.Layout.panels, .packed], Precision.allCases)
  func `threads that pack a weight at the same moment get the same bits`(
    layout: PackedMatrix.Layout, precision: Precision
  ) {
    let team = ThreadTeam(count: 4, isPinned: false)
    let differing = Atomic(0)
    let expected = Weight((64, 96), layout, precision).products(rows: 33)
    for _ in 0..<100 {
      let fresh = Weight((64, 96), layout, precision)
      team.run { _ in
        let (forward, backward) = fresh.products(rows: 33)
        if !sameBits(forward, expected.0) || !sameBits(backward, expected.1) {
          differing.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(differing.load(ordering: .relaxed) == 0)
  }

  @Test func `more shapes than a thread keeps are no trouble`() {
    let sizes = (0..<80).map { (4 + $0 % 9, 1 + $0) }
    withEvery("round", in: 0..<2) { _ in
      withEvery("size", in: sizes) { size in
        withEvery("rows", in: stride(from: 1, through: 300, by: 37)) { rows in
          let weight = Weight(size, .packed)
          let panels = Weight(size, .panels)
          expectClose(weight.products(rows: rows).0, panels.products(rows: rows).0)
        }
      }
    }
  }
}

// A weight and input for up to 300 rows, the same for the same size.
private struct Weight: Sendable {
  let matrix: PackedMatrix
  let x: Tensor
  let y: Tensor

  init(
    _ size: (outputs: Int, inputs: Int), _ layout: PackedMatrix.Layout,
    _ precision: Precision = .float32
  ) {
    var random = SeededRandom(seed: size.outputs)
    let weight = random.tensor([size.outputs, size.inputs])
    matrix = PackedMatrix(
      weight.buffer, outputs: size.outputs, inputs: size.inputs, layout: layout,
      precision: precision)
    x = random.tensor([300, size.inputs])
    y = random.tensor([300, size.outputs])
  }

  func products(rows: Int) -> (Tensor, Tensor) {
    let (someX, someY) = (head(of: x, rows), head(of: y, rows))
    let forward = Tensor(uninitialized: [rows, matrix.outputs])
    let backward = Tensor(uninitialized: [rows, matrix.inputs])
    matrix.multiply(someX.buffer, rows: rows, into: forward.buffer)
    matrix.multiplyTransposed(someY.buffer, rows: rows, into: backward.buffer)
    return (forward, backward)
  }

  private func head(of tensor: Tensor, _ rows: Int) -> Tensor {
    let result = Tensor(uninitialized: [rows, tensor.columns])
    Kernels.copyRows(0..<rows, of: tensor.buffer, to: result.buffer, columns: tensor.columns)
    return result
  }
}

private func sameBits(_ a: Tensor, _ b: Tensor) -> Bool {
  a.buffer.withSpan { first in
    b.buffer.withSpan { second in
      first.count == second.count
        && (0..<first.count).allSatisfy { first[$0].bitPattern == second[$0].bitPattern }
    }
  }
}
