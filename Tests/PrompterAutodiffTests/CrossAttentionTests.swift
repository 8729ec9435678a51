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

  // Every head's keys, and values, are the same columns: then heads may as well be queries.
  @Test func `heads that hear the same states may be queries, dropout and all`() {
    forEachLayout { kernel, queries, states in
      let dropout = (Dropout(probability: 0.3, key: 7), kernel.keys.begin.map { UInt32($0) + 3 })
      let own = columns(0..<size, of: Variable(states))
      let repeated = Tensor(uninitialized: [states.rows, heads * size])
      for head in 0..<heads {
        Kernels.copyColumns(
          of: own.value.buffer, xColumns: size, from: 0, to: repeated.buffer,
          yColumns: heads * size, at: head * size, columns: size)
      }
      let all = Projection(Variable(repeated), column: 0)
      let expected = attention(
        AttentionKernel(
          heads: heads, size: size, scale: 1, queryOffsets: kernel.queryOffsets,
          keys: kernel.keys, dropout: dropout),
        queries: Projection(Variable(queries), column: 0), keys: all, values: all, prompt: nil)
      let folded = AttentionKernel(
        heads: 1, size: size, scale: 1,
        queryOffsets: kernel.queryOffsets.map { $0 * Int32(heads) }, keys: kernel.keys,
        queryHeads: heads, dropout: dropout)
      let asked = queries.reshaped(to: [queries.rows * heads, size])
      func heard(_ asked: Variable, _ states: Variable) -> Variable {
        let whole = Projection(states, column: 0)
        return attention(
          folded, queries: Projection(asked, column: 0), keys: whole, values: whole, prompt: nil)
      }
      expectClose(
        heard(Variable(asked), own).value.reshaped(to: queries.shape), expected.value,
        absolute: 4e-6)
      checkGradients(of: [asked, own.value], elements: 4) { heard($0[0], $0[1]) }
    }
  }

  @Test func `keys that are values too get both gradients, also if no row shares them`() {
    var random = SeededRandom(seed: 9)
    let kernel = AttentionKernel(
      heads: 2, size: 4, scale: 0.5, queryOffsets: [0, 2, 3], keyOffsets: [0, 5, 12])
    checkGradients(of: [random.tensor([3, 8]), random.tensor([12, 8])], elements: 6) {
      let whole = Projection($0[1], column: 0)
      return attention(
        kernel, queries: Projection($0[0], column: 0), keys: whole, values: whole, prompt: nil)
    }
  }
}
