// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

/// Attention to the states of other rows, several of which may look at the same ones.
@Suite(.namesValues) struct CrossAttentionTests {
  private struct Layout {
    let lengths: [Int]
    let begin: [Int32]
    let end: [Int32]
  }

  // Four states that nobody sees stand at the end of the matrix.
  private let layouts = [
    Layout(lengths: [3, 1, 60], begin: [0, 5, 6], end: [5, 6, 20]),
    Layout(lengths: [2, 4, 1, 50], begin: [5, 0, 5, 5], end: [20, 5, 20, 20]),
    Layout(lengths: [1, 1], begin: [0, 3], end: [12, 20]),
  ]
  private let heads = 3
  private let size = 8
  private let states = 24

  private func forEachLayout(
    _ body: (AttentionKernel, _ queries: Tensor, _ states: Tensor) -> Void
  ) {
    withEvery("layout", in: layouts.indices) { index in
      let layout = layouts[index]
      var random = SeededRandom(seed: index)
      body(
        AttentionKernel(
          heads: heads, size: size, scale: 1,
          queryOffsets: AttentionCase.offsets(layout.lengths),
          keys: KeyRanges(begin: layout.begin, end: layout.end, count: states)),
        random.tensor([layout.lengths.reduce(0, +), heads * size]),
        random.tensor([states, 2 * heads * size], in: -2...2))
    }
  }

  private func output(
    _ kernel: AttentionKernel, _ queries: Variable, _ states: Variable
  ) -> Variable {
    attention(
      kernel, queries: Projection(queries, column: 0), keys: Projection(states, column: 0),
      values: Projection(states, column: kernel.width), prompt: nil)
  }

  @Test func `every value agrees with the slow twin`() {
    forEachLayout { kernel, queries, states in
      let all = Matrix(states)
      let expected = Reference.attention(
        kernel, queries: Matrix(queries), keys: all.columns(0..<kernel.width),
        values: all.columns(kernel.width..<2 * kernel.width), prefix: nil)
      expectClose(
        output(kernel, Variable(queries), Variable(states)).value, expected.tensor,
        absolute: 4e-6)
    }
  }

  @Test func `keys and values head after head give the same bits as side by side`() {
    forEachLayout { kernel, queries, states in
      let turned = Tensor(uninitialized: [2 * heads, states.rows, size])
      Kernels.placeHeads(
        of: states.buffer, xColumns: states.columns, from: 0,
        to: (0..<Int32(states.rows)).map { $0 }, of: turned.buffer, heads: 2 * heads, size: size)
      let all = Variable(turned)
      let found = attention(
        kernel, queries: Projection(Variable(queries), column: 0),
        keys: Projection(headMajor: all, head: 0), values: Projection(headMajor: all, head: heads),
        prompt: nil)
      #expect(
        found.value.values == output(kernel, Variable(queries), Variable(states)).value.values)
    }
  }

  @Test func `states that several rows see get the sum of their gradients`() {
    forEachLayout { kernel, queries, states in
      checkGradients(of: [queries, states], elements: 6) { output(kernel, $0[0], $0[1]) }
      checkGradients(of: [states], elements: 3) { output(kernel, Variable(queries), $0[0]) }
      checkGradients(of: [queries], elements: 3) { output(kernel, $0[0], Variable(states)) }
    }
  }
}
