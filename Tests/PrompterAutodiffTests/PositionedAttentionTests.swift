// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

/// Attention that looks at places: biased by distance, causal, or both.
@Suite(.namesValues) struct PositionedAttentionTests {
  @Test func `every value agrees with the slow twin`() {
    forEachPositionedCase { batch in
      let output = batch.output(batch.inputs.map { Variable($0) })
      expectClose(output.value, batch.expected(), absolute: 4e-6)
    }
  }

  @Test func `the gradients of text, prompt and bias are right`() {
    forEachPositionedCase { batch in
      checkGradients(of: batch.inputs, elements: 5) { batch.output($0) }
    }
  }

  @Test func `over frozen text the prompt's gradients are right and the bias has none`() {
    forEachPositionedCase { batch in
      let (text, table) = (Variable(batch.text), Variable(batch.table))
      checkGradients(of: [batch.keys, batch.values], elements: 4) {
        batch.output([text, $0[0], $0[1], table])
      }
      #expect(table.gradient == nil)
    }
  }

  @Test func `a trained bias alone has its gradient`() {
    forEachPositionedCase { batch in
      let frozen = [batch.text, batch.keys, batch.values].map { Variable($0) }
      checkGradients(of: [batch.table], elements: 4) { batch.output(frozen + $0) }
    }
  }

  @Test func `dropout falls on the same probabilities as in the slow twin`() {
    forEachPositionedCase(dropout: 0.3) { batch in
      let output = batch.output(batch.inputs.map { Variable($0) })
      expectClose(output.value, batch.expected(), absolute: 5e-6)
      checkGradients(of: batch.inputs, elements: 3) { batch.output($0) }
    }
  }

  @Test func `a query that is read alone has the same values`() {
    forEachPositionedCase { batch in
      let inputs = batch.inputs.map { Variable($0) }
      let last = batch.kernel.queryOffsets.dropFirst().map { $0 - 1 }
      let some = batch.output(inputs, reading: last)
      expectSameBits(some.value, rows(last, of: batch.output(inputs)).value)
    }
  }

  @Test func `what stands after a query does not move a causal one`() {
    let batch = PositionedCase(
      heads: 2, size: 8, lengths: [9, 60], prompts: [0..<2, 0..<0], isCausal: true, seed: 3)
    var changed = batch.text.values
    // The last token of each row.
    for row in [8, 68] {
      for column in 0..<48 { changed[row * 48 + column] += 5 }
    }
    func output(_ text: [Float]) -> [Float] {
      let text = Tensor(text, shape: batch.text.shape)
      return batch.output(
        [Variable(text)] + batch.inputs.dropFirst().map { Variable($0) }
      ).value.values
    }
    let (before, after) = (output(batch.text.values), output(changed))
    #expect(Array(before[..<(8 * 16)]) == Array(after[..<(8 * 16)]))
    #expect(Array(before[(9 * 16)..<(68 * 16)]) == Array(after[(9 * 16)..<(68 * 16)]))
    #expect(before[8 * 16] != after[8 * 16])
  }
}

/// A batch for attention that knows places, and a table of biases.
struct PositionedCase {
  let plain: AttentionCase
  let kernel: AttentionKernel
  /// Biases [buckets, heads].
  let table: Tensor

  var text: Tensor { plain.text }
  var keys: Tensor { plain.keys }
  var values: Tensor { plain.values }
  /// Text, the prompts' keys and values, and the table.
  var inputs: [Tensor] { [text, keys, values, table] }

  init(
    heads: Int, size: Int, lengths: [Int], prompts: [Range<Int>], isCausal: Bool,
    dropout: Float? = nil, seed: Int
  ) {
    plain = AttentionCase(
      heads: heads, size: size, lengths: lengths, prompts: prompts, dropout: dropout, seed: seed)
    kernel = AttentionKernel(
      heads: heads, size: size, scale: isCausal ? 1 : 0.5,
      queryOffsets: plain.kernel.queryOffsets, keys: plain.kernel.keys,
      queryPlaces: lengths.flatMap { (0..<Int32($0)).map { $0 } }, isCausal: isCausal,
      dropout: plain.kernel.dropout)
    var random = SeededRandom(seed: seed + 1)
    table = random.tensor([7, heads], in: -2...2)
  }

  // Every third distance shares a bucket.
  static func bucket(_ distance: Int) -> Int { (distance + 300) / 3 % 7 }

  func output(_ inputs: [Variable], reading: [Int32]? = nil) -> Variable {
    let text = inputs[0]
    let bias = BiasLines(table: inputs[3], reach: 150, bucket: Self.bucket)
    var (kernel, queries) = (kernel, text)
    if let reading {
      kernel = AttentionKernel(
        heads: kernel.heads, size: kernel.size, scale: kernel.scale,
        queryOffsets: (0...Int32(reading.count)).map { $0 }, keys: kernel.keys,
        queryPlaces: reading.map { kernel.queryPlaces?[Int($0)] ?? 0 },
        isCausal: kernel.isCausal)
      queries = rows(reading, of: text)
    }
    return attention(
      kernel, queries: Projection(queries, column: 0),
      keys: Projection(text, column: kernel.width),
      values: Projection(text, column: 2 * kernel.width),
      prompt: plain.prompt(keys: inputs[1], values: inputs[2]), bias: bias)
  }

  /// What the slow twin gives.
  func expected() -> Tensor {
    let (all, width, biases) = (Matrix(text), kernel.width, Matrix(table))
    return Reference.attention(
      kernel, queries: all.columns(0..<width), keys: all.columns(width..<2 * width),
      values: all.columns(2 * width..<3 * width),
      prefix: Reference.Prefix(
        keys: Matrix(keys), values: Matrix(values), ranges: plain.prompts)
    ) { biases[Self.bucket($1), $0] }.tensor
  }
}

/// Batches of every kind, causal and not.
func forEachPositionedCase(dropout: Float? = nil, _ body: (PositionedCase) -> Void) {
  let layouts: [(lengths: [Int], prompts: [Range<Int>])] = [
    ([1], [0..<0]), ([7, 1, 5], [0..<0, 2..<9, 0..<3]), ([130, 2, 49], [0..<9, 0..<0, 3..<4]),
  ]
  withEvery("heads, size", in: [(1, 4), (3, 8), (2, 33)]) { heads, size in
    withEvery("layout", in: layouts.indices) { index in
      withEvery("causal", in: [false, true]) { isCausal in
        body(
          PositionedCase(
            heads: heads, size: size, lengths: layouts[index].lengths,
            prompts: layouts[index].prompts, isCausal: isCausal, dropout: dropout,
            seed: heads + size + index))
      }
    }
  }
}
