// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

/// Attention whose scores have terms between content and relative positions.
@Suite(.namesValues) struct PositionProjectionsTests {
  @Test func `every value agrees with the slow twin`() {
    forEachDisentangledCase { batch in
      let output = batch.output(batch.inputs.map { Variable($0) })
      expectClose(output.value, batch.expected(), absolute: 6e-6)
    }
  }

  @Test func `the gradients of text, prompt and positions are right`() {
    forEachDisentangledCase { batch in
      checkGradients(of: batch.inputs, elements: 5) { batch.output($0) }
    }
  }

  @Test func `over frozen text the prompt's gradients are right and positions have none`() {
    forEachDisentangledCase { batch in
      let (text, table) = (Variable(batch.text), Variable(batch.table))
      checkGradients(of: [batch.keys, batch.values], elements: 4) {
        batch.output([text, $0[0], $0[1], table])
      }
      #expect(table.gradient == nil)
    }
  }

  @Test func `positions alone have their gradient, and text alone has`() {
    forEachDisentangledCase { batch in
      let prompt = [batch.keys, batch.values].map { Variable($0) }
      checkGradients(of: [batch.table], elements: 4) {
        batch.output([Variable(batch.text)] + prompt + $0)
      }
      checkGradients(of: [batch.text], elements: 4) {
        batch.output($0 + prompt + [Variable(batch.table)])
      }
    }
  }

  @Test func `dropout falls on the same probabilities as in the slow twin`() {
    forEachDisentangledCase(dropout: 0.3) { batch in
      let output = batch.output(batch.inputs.map { Variable($0) })
      expectClose(output.value, batch.expected(), absolute: 6e-6)
      checkGradients(of: batch.inputs, elements: 3) { batch.output($0) }
    }
  }

  @Test func `queries that are read alone, or twice, have the bits that they have among all`() {
    forEachDisentangledCase { batch in
      let inputs = batch.inputs.map { Variable($0) }
      let all = batch.output(inputs)
      for read in [batch.lastTokens, batch.everyThirdToken] {
        let some = batch.output(inputs, reading: read)
        expectSameBits(some.value, rows(read, of: all).value)
      }
    }
  }

  @Test func `the gradients are right where some queries are read, one of them twice`() {
    forEachDisentangledCase { batch in
      checkGradients(of: batch.inputs, elements: 3) {
        batch.output($0, reading: batch.everyThirdToken)
      }
    }
  }

  @Test func `a row's values and gradients do not depend on the rows beside it`() {
    let (lengths, prompts) = ([130, 2, 49], [0..<9, 0..<0, 3..<4])
    let all = DisentangledCase(
      heads: 2, size: 32, lengths: lengths, prompts: prompts, terms: .both, seed: 4)
    let together = all.textGradient(of: all.text)
    for (row, length) in lengths.enumerated() {
      let tokens = (all.plain.kernel.keys.begin[row]..<all.plain.kernel.keys.end[row]).map { $0 }
      let alone = DisentangledCase(
        heads: 2, size: 32, lengths: [length], prompts: [prompts[row]], terms: .both, seed: 4)
      let text = rows(tokens, of: Variable(all.text)).value
      let (output, gradient) = alone.textGradient(of: text, with: all)
      expectSameBits(output, rows(tokens, of: Variable(together.output)).value)
      expectSameBits(gradient, rows(tokens, of: Variable(together.gradient)).value)
    }
  }

  @Test func `the slow twin itself tells the two kinds of terms and the directions apart`() {
    let cases = [DisentangledCase.Terms.keys, .queries, .both].map {
      DisentangledCase(
        heads: 1, size: 4, lengths: [3], prompts: [0..<0], terms: $0, seed: 5
      ).expected().values
    }
    #expect(Set(cases).count == 3)
  }
}

/// A batch for attention that meets positions, and a table of their projections.
struct DisentangledCase {
  enum Terms: CaseIterable { case keys, queries, both }

  let plain: AttentionCase
  let kernel: AttentionKernel
  let terms: Terms
  /// Queries and keys of positions with a column beside them [positions, 2 width + 1].
  let table: Tensor

  var text: Tensor { plain.text }
  var keys: Tensor { plain.keys }
  var values: Tensor { plain.values }
  /// Text, the prompts' keys and values, and the table.
  var inputs: [Tensor] { [text, keys, values, table] }
  var lastTokens: [Int32] { plain.kernel.keys.end.map { $0 - 1 } }
  /// The first of each row twice.
  var everyThirdToken: [Int32] {
    zip(plain.kernel.keys.begin, plain.kernel.keys.end).flatMap {
      [$0] + stride(from: $0, to: $1, by: 3)
    }
  }

  init(
    heads: Int, size: Int, lengths: [Int], prompts: [Range<Int>], terms: Terms,
    dropout: Float? = nil, seed: Int
  ) {
    plain = AttentionCase(
      heads: heads, size: size, lengths: lengths, prompts: prompts, dropout: dropout, seed: seed)
    self.terms = terms
    kernel = Self.kernel(plain, lengths.flatMap { (0..<Int32($0)).map { $0 } })
    var random = SeededRandom(seed: seed + 1)
    table = random.tensor([23, 2 * heads * size + 1], in: -1...1)
  }

  private static func kernel(
    _ plain: AttentionCase, _ places: [Int32], queryOffsets: [Int32]? = nil
  ) -> AttentionKernel {
    AttentionKernel(
      heads: plain.kernel.heads, size: plain.kernel.size,
      scale: 1 / (3 * Float(plain.kernel.size)).squareRoot(),
      queryOffsets: queryOffsets ?? plain.kernel.queryOffsets, keys: plain.kernel.keys,
      queryPlaces: places, dropout: plain.kernel.dropout)
  }

  // Near distances have a row each, others share one in each direction.
  static func bucket(_ distance: Int) -> Int { min(max(distance, -11), 11) + 11 }

  func output(_ inputs: [Variable], reading: [Int32]? = nil) -> Variable {
    let (text, width) = (inputs[0], kernel.width)
    let reach = (plain.lengths.max() ?? 1) - 1
    let positions = PositionProjections(
      inputs[3], keys: terms == .queries ? nil : width + 1, queries: terms == .keys ? nil : 0,
      rows: (-reach...reach).map { Int32(Self.bucket($0)) })
    return attention(
      reading.map(kernel(reading:)) ?? kernel,
      queries: Projection(reading.map { rows($0, of: text) } ?? text, column: 0),
      keys: Projection(text, column: width), values: Projection(text, column: 2 * width),
      prompt: plain.prompt(keys: inputs[1], values: inputs[2]), positions: positions)
  }

  private func kernel(reading: [Int32]) -> AttentionKernel {
    let begin = plain.kernel.keys.begin
    let offsets = (begin + [Int32.max]).map { first in
      Int32(reading.count { $0 < first })
    }
    let rows = reading.map { slot in begin.last { $0 <= slot } ?? 0 }
    return Self.kernel(plain, zip(reading, rows).map { $0 - $1 }, queryOffsets: offsets)
  }

  /// The output for a text, and the text's gradient, with the prompts and positions of `source`.
  func textGradient(
    of text: Tensor, with source: DisentangledCase? = nil
  ) -> (output: Tensor, gradient: Tensor) {
    let tape = Tape()
    let variable = tape.variable(text)
    let rest = (source ?? self).inputs.dropFirst().map { Variable($0) }
    let output = self.output([variable] + rest)
    tape.pullback(from: output, seed: output.value.copy())
    return (output.value, variable.gradient ?? Tensor(zeros: text.shape))
  }

  /// What the slow twin gives.
  func expected() -> Tensor {
    let (all, width, vectors) = (Matrix(text), kernel.width, Matrix(table))
    return Reference.attention(
      kernel, queries: all.columns(0..<width), keys: all.columns(width..<2 * width),
      values: all.columns(2 * width..<3 * width),
      prefix: Reference.Prefix(
        keys: Matrix(keys), values: Matrix(values), ranges: plain.prompts),
      terms: { head, query, key, distance in
        let row = Self.bucket(distance)
        return (head * kernel.size..<(head + 1) * kernel.size).reduce(0.0) { sum, column in
          let content =
            terms == .queries ? 0 : all[query, column] * vectors[row, width + 1 + column]
          let position = terms == .keys ? 0 : all[key, width + column] * vectors[row, column]
          return sum + content + position
        }
      }
    ).tensor
  }
}

/// Batches of every kind.
func forEachDisentangledCase(dropout: Float? = nil, _ body: (DisentangledCase) -> Void) {
  let layouts: [(lengths: [Int], prompts: [Range<Int>])] = [
    ([1], [0..<0]), ([7, 1, 5], [0..<0, 2..<9, 0..<3]), ([130, 2, 49], [0..<9, 0..<0, 3..<4]),
  ]
  withEvery("heads, size", in: [(1, 4), (3, 8), (2, 33)]) { heads, size in
    withEvery("layout", in: layouts.indices) { index in
      withEvery("terms", in: DisentangledCase.Terms.allCases) { terms in
        body(
          DisentangledCase(
            heads: heads, size: size, lengths: layouts[index].lengths,
            prompts: layouts[index].prompts, terms: terms, dropout: dropout,
            seed: heads + size + index))
      }
    }
  }
}
