// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

/// Attention of which each query sees its prompt and the keys near its own place.
@Suite(.namesValues) struct WindowedAttentionTests {
  @Test func `every value agrees with the slow twin`() {
    forEachWindowedCase { batch in
      expectClose(batch.output().value, batch.expected, absolute: 4e-6)
    }
  }

  @Test func `the gradients of text and prompt are right`() {
    forEachWindowedCase { batch in
      checkGradients(of: batch.inputs, elements: 5) { batch.output($0) }
    }
  }

  @Test func `over frozen text the prompt's gradients are right`() {
    forEachWindowedCase { batch in
      guard batch.plain.hasPrompts else { return }
      let text = Variable(batch.plain.text)
      checkGradients(of: [batch.plain.keys, batch.plain.values], elements: 4) {
        batch.output([text, $0[0], $0[1]])
      }
      #expect(text.gradient == nil)
    }
  }

  @Test func `dropout falls on the same probabilities as in the slow twin`() {
    forEachWindowedCase(dropout: 0.3) { batch in
      expectClose(batch.output().value, batch.expected, absolute: 5e-6)
      checkGradients(of: batch.inputs, elements: 3) { batch.output($0) }
    }
  }

  @Test func `queries that are read without the others have the same bits`() {
    forEachWindowedCase { batch in
      let slots = batch.someSlots
      expectSameBits(
        batch.output(reading: slots).value, rows(slots, of: batch.output()).value)
      checkGradients(of: batch.inputs, elements: 3) { batch.output($0, reading: slots) }
    }
  }

  @Test func `a row's bits do not depend on the rows beside it`() {
    let (lengths, prompts) = ([7, 1, 300, 130], [0..<0, 2..<9, 0..<3, 1..<6])
    let all = WindowedCase(
      heads: 3, size: 32, lengths: lengths, prompts: prompts, window: 9, seed: 8)
    let together = all.output()
    for row in lengths.indices {
      let tokens = (all.kernel.keys.begin[row]..<all.kernel.keys.end[row]).map { $0 }
      let alone = WindowedCase(
        heads: 3, size: 32, lengths: [lengths[row]], prompts: [prompts[row]], window: 9, seed: 8)
      let inputs = [
        rows(tokens, of: Variable(all.plain.text)), Variable(all.plain.keys),
        Variable(all.plain.values),
      ]
      expectSameBits(alone.output(inputs).value, rows(tokens, of: together).value)
    }
  }

  @Test func `a prompt is seen by every token, what is beyond the window by none`() {
    let batch = WindowedCase(
      heads: 2, size: 8, lengths: [300], prompts: [0..<3], window: 5, seed: 3)
    let before = batch.output().value.values
    func moved(_ change: (inout [Tensor]) -> Void) -> [Int] {
      var inputs = batch.inputs
      change(&inputs)
      let after = batch.output(inputs.map { Variable($0) }).value.values
      return (0..<300).filter { row in
        (row * 16..<(row + 1) * 16).contains { before[$0] != after[$0] }
      }
    }
    #expect(moved { $0[1] = changed($0[1], row: 1) } == Array(0..<300))
    #expect(moved { $0[0] = changed($0[0], row: 100) } == Array(95...105))
  }

  private func changed(_ x: Tensor, row: Int) -> Tensor {
    var values = x.values
    for column in row * x.columns..<(row + 1) * x.columns { values[column] += 1 }
    return Tensor(values, shape: x.shape)
  }
}

/// A batch for attention under a window.
struct WindowedCase {
  let plain: AttentionCase
  let kernel: AttentionKernel

  /// Text and the prompts' keys and values.
  var inputs: [Tensor] { [plain.text, plain.keys, plain.values] }

  init(
    heads: Int, size: Int, lengths: [Int], prompts: [Range<Int>], window: Int,
    dropout: Float? = nil, seed: Int
  ) {
    plain = AttentionCase(
      heads: heads, size: size, lengths: lengths, prompts: prompts, dropout: dropout, seed: seed)
    kernel = AttentionKernel(
      heads: heads, size: size, scale: plain.kernel.scale,
      queryOffsets: plain.kernel.queryOffsets, keys: plain.kernel.keys,
      queryPlaces: plain.kernel.keys.places, window: window, dropout: plain.kernel.dropout)
  }

  /// The first and the last token of each row, every 40th, and two beside each other.
  var someSlots: [Int32] {
    zip(kernel.keys.begin, kernel.keys.end).flatMap { begin, end in
      (begin..<end).filter {
        ($0 - begin) % 40 == 0 || $0 == end - 1 || $0 == begin + 81
      }
    }
  }

  /// A kernel for some of the queries.
  func kernel(reading slots: [Int32]) -> AttentionKernel {
    var offsets: [Int32] = [0]
    for end in kernel.keys.end { offsets.append(Int32(slots.count { $0 < end })) }
    let places = kernel.keys.places
    return AttentionKernel(
      heads: kernel.heads, size: kernel.size, scale: kernel.scale, queryOffsets: offsets,
      keys: kernel.keys, queryPlaces: slots.map { places[Int($0)] }, window: kernel.window)
  }

  func output(_ inputs: [Variable]? = nil, reading slots: [Int32]? = nil) -> Variable {
    let inputs = inputs ?? self.inputs.map { Variable($0) }
    let text = inputs[0]
    return attention(
      slots.map { kernel(reading: $0) } ?? kernel,
      queries: Projection(slots.map { rows($0, of: text) } ?? text, column: 0),
      keys: Projection(text, column: kernel.width),
      values: Projection(text, column: 2 * kernel.width),
      prompt: plain.prompt(keys: inputs[1], values: inputs[2]))
  }

  /// What the slow twin gives.
  var expected: Tensor {
    let (all, width) = (Matrix(plain.text), kernel.width)
    return Reference.attention(
      kernel, queries: all.columns(0..<width), keys: all.columns(width..<2 * width),
      values: all.columns(2 * width..<3 * width),
      prefix: Reference.Prefix(
        keys: Matrix(plain.keys), values: Matrix(plain.values), ranges: plain.prompts)
    ).tensor
  }
}

/// Batches of every kind: rows within a window, and rows long enough to be taken in parts.
func forEachWindowedCase(dropout: Float? = nil, _ body: (WindowedCase) -> Void) {
  let layouts: [(lengths: [Int], prompts: [Range<Int>])] = [
    ([1], [0..<0]), ([7, 1, 5], [0..<0, 2..<9, 0..<3]), ([210, 97], [2..<7, 0..<0]),
  ]
  withEvery("heads, size", in: [(1, 4), (2, 33), (2, 32), (1, 64)]) { heads, size in
    withEvery("layout", in: layouts.indices) { index in
      withEvery("window", in: [3, 40]) { window in
        body(
          WindowedCase(
            heads: heads, size: size, lengths: layouts[index].lengths,
            prompts: layouts[index].prompts, window: window, dropout: dropout,
            seed: heads + size + index))
      }
    }
  }
}
