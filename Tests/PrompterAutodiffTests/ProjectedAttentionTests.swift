// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

/// Attention with the frozen weights before and after it, against its parts with what stands
/// between them rounded.
@Suite(.namesValues) struct ProjectedAttentionTests {
  // What both ways of computing it give.
  private struct Run {
    var y: Tensor
    var gradients: [Tensor?]
  }

  private struct Case {
    static let inputs = 24
    let batch: AttentionCase
    let weights: AttentionWeights
    let x, own, dy: Tensor
    let bias: BiasLines?
    let kernel: AttentionKernel

    // `isApart`: with queries of their own, a row's first token.
    init(_ batch: AttentionCase, isApart: Bool, table: Variable? = nil) {
      var random = SeededRandom(seed: batch.kernel.width)
      func matrix(_ outputs: Int, _ inputs: Int) -> PackedMatrix {
        PackedMatrix(
          random.tensor([outputs, inputs], in: -0.3...0.3).buffer, outputs: outputs,
          inputs: inputs, precision: .bfloat16)
      }
      let (width, inputs) = (batch.kernel.width, Self.inputs)
      let heard = matrix(isApart ? 2 * width : 3 * width, inputs)
      weights = AttentionWeights(
        heard: (heard, random.tensor([heard.outputs]).buffer),
        queries: isApart ? (matrix(width, inputs), nil) : nil, output: matrix(inputs, width))
      x = random.tensor([batch.lengths.reduce(0, +), inputs])
      own = rows(batch.firstTokens, of: Variable(x)).value
      kernel = isApart ? batch.firstQueries() : Self.placed(batch, table != nil)
      bias = table.map { BiasLines(table: $0, reach: 150, bucket: PositionedCase.bucket) }
      dy = random.tensor([kernel.queryCount, inputs])
      self.batch = batch
    }

    private static func placed(_ batch: AttentionCase, _ isPlaced: Bool) -> AttentionKernel {
      guard isPlaced else { return batch.kernel }
      return AttentionKernel(
        heads: batch.kernel.heads, size: batch.kernel.size, scale: batch.kernel.scale,
        queryOffsets: batch.kernel.queryOffsets, keys: batch.kernel.keys,
        queryPlaces: batch.lengths.flatMap { (0..<Int32($0)).map { $0 } }, isCausal: true)
    }

    var isApart: Bool { weights.queries != nil }

    func prompt(on tape: Tape) -> (keys: Variable, values: Variable, prompt: DeepPrompt?) {
      let (keys, values) = (tape.variable(batch.keys), tape.variable(batch.values))
      return (keys, values, batch.hasPrompts ? batch.prompt(keys: keys, values: values) : nil)
    }

    func together() -> Run {
      let tape = Tape()
      let (x, own) = (tape.variable(x), tape.variable(own))
      let (keys, values, prompt) = prompt(on: tape)
      let y = attention(
        kernel, between: weights, of: x, queriesOf: isApart ? own : nil, prompt: prompt,
        bias: bias)
      tape.pullback(from: y, seed: dy)
      return Run(
        y: y.value,
        gradients: [x, own, keys, values].map(\.gradient))
    }

    func apart() -> Run {
      let tape = Tape()
      let heard = tape.variable(rounded(weights.heard, x))
      let queries = tape.variable(weights.queries.map { rounded($0, own) } ?? own)
      let (keys, values, prompt) = prompt(on: tape)
      let first = isApart ? 0 : kernel.width
      let o = attention(
        kernel, queries: Projection(isApart ? queries : heard, column: 0),
        keys: Projection(heard, column: first),
        values: Projection(heard, column: first + kernel.width), prompt: prompt, bias: bias)
      let y = Tensor(uninitialized: [o.shape[0], Self.inputs])
      weights.output.multiply(o.value.buffer, rows: y.rows, into: y.buffer)
      let seed = weights.output.roundedProductTransposed(dy.buffer, rows: dy.rows)
      tape.pullback(
        from: o, seed: Tensor(reading: seed.widened(), shape: [seed.rows, seed.columns]))
      return Run(
        y: y,
        gradients: [
          pulledBack(heard, weights.heard), weights.queries.flatMap { pulledBack(queries, $0) },
          keys.gradient, values.gradient,
        ])
    }

    private func rounded(_ layer: AttentionWeights.Projections, _ x: Tensor) -> Tensor {
      let y = layer.weight.roundedProduct(x.buffer, rows: x.rows, adding: layer.bias)
      return Tensor(reading: y.widened(), shape: [y.rows, y.columns])
    }

    private func pulledBack(
      _ y: Variable, _ layer: AttentionWeights.Projections
    ) -> Tensor? {
      guard let dy = y.gradient else { return nil }
      let dx = Tensor(uninitialized: [dy.rows, layer.weight.inputs])
      layer.weight.multiplyTransposed(dy.buffer, rows: dy.rows, into: dx.buffer)
      return dx
    }
  }

  // Between the parts factors are not rounded, and a sum of another order may be rounded to a
  // value's other neighbour, a 128th part away: a hundredth of the whole.
  private func expectAlike(_ found: Tensor?, _ expected: Tensor?) {
    guard let found, let expected else {
      #expect(found == nil && expected == nil, "\(Trace.current)")
      return
    }
    expectNear(found, expected, share: 1e-4, absolute: 1e-9)
  }

  private func expectAlike(_ test: Case) {
    let (found, expected) = (test.together(), test.apart())
    expectAlike(found.y, expected.y)
    for (index, pair) in zip(found.gradients, expected.gradients).enumerated() {
      withEvery("gradient", in: [index]) { _ in expectAlike(pair.0, pair.1) }
    }
  }

  @Test(arguments: [false, true])
  func `values and gradients are those of the parts`(isApart: Bool) {
    forEachAttentionCase { expectAlike(Case($0, isApart: isApart)) }
  }

  @Test func `dropout falls on the same probabilities`() {
    forEachAttentionCase(dropout: 0.3) { expectAlike(Case($0, isApart: false)) }
  }

  @Test func `so do biases by distance and causal places`() {
    forEachAttentionCase { batch in
      var random = SeededRandom(seed: 5)
      let table = Variable(random.tensor([7, batch.kernel.heads], in: -2...2))
      expectAlike(Case(batch, isApart: false, table: table))
    }
  }

  @Test func `over a constant the prompt alone has gradients`() {
    forEachAttentionCase { batch in
      guard batch.hasPrompts else { return }
      let test = Case(batch, isApart: false)
      let tape = Tape()
      let (keys, values, prompt) = test.prompt(on: tape)
      let y = attention(
        test.kernel, between: test.weights, of: Variable(test.x), prompt: prompt)
      tape.pullback(from: y, seed: test.dy)
      let expected = test.together()
      expectSameBits(y.value, expected.y)
      expectAlike(keys.gradient, expected.gradients[2])
      expectAlike(values.gradient, expected.gradients[3])
    }
  }

  @Test(arguments: [false, true])
  func `prompts in matrices of their own give the bits of one table`(isApart: Bool) {
    forEachAttentionCase { batch in
      let (test, expected) = (
        Case(batch, isApart: isApart), Case(batch, isApart: isApart).together()
      )
      let tape = Tape()
      let apart = PromptsApart(batch) { tape.variable($0) }
      let (x, own) = (tape.variable(test.x), tape.variable(test.own))
      let y = attention(
        test.kernel, between: test.weights, of: x, queriesOf: isApart ? own : nil,
        prompt: batch.hasPrompts ? apart.prompt : nil)
      tape.pullback(from: y, seed: test.dy)
      expectSameBits(y.value, expected.y)
      guard batch.hasPrompts, let dx = x.gradient, let whole = expected.gradients[0] else { return }
      expectSameBits(dx, whole)
      let found = apart.gradients
      expectAlike(found.keys, expected.gradients[2])
      expectAlike(found.values, expected.gradients[3])
    }
  }

  @Test func `a row's bits do not depend on its neighbours`() {
    let batch = AttentionCase(
      heads: 2, size: 32, lengths: [20, 3, 40, 17], prompts: [0..<4, 1..<9, 0..<0, 2..<3], seed: 8)
    let test = Case(batch, isApart: false)
    let all = test.together()
    withEvery("row", in: batch.lengths.indices) { row in
      let tape = Tape()
      let slots = (batch.kernel.keys.begin[row]..<batch.kernel.keys.end[row]).map { $0 }
      let x = tape.variable(rows(slots, of: Variable(test.x)).value)
      let kernel = AttentionKernel(
        heads: 2, size: 32, scale: batch.kernel.scale, queryOffsets: [0, Int32(slots.count)],
        keyOffsets: [0, Int32(slots.count)])
      let y = attention(
        kernel, between: test.weights, of: x,
        prompt: DeepPrompt(
          keys: Variable(batch.keys), values: Variable(batch.values),
          parts: [batch.prompts[row]]))
      tape.pullback(from: y, seed: rows(slots, of: Variable(test.dy)).value)
      expectSameBits(y.value, rows(slots, of: Variable(all.y)).value)
      guard let dx = x.gradient, let whole = all.gradients[0] else {
        Issue.record("No gradient.")
        return
      }
      expectSameBits(dx, rows(slots, of: Variable(whole)).value)
    }
  }

  @Test func `rows that are copies are multiplied once, with the same bits`() {
    let batch = AttentionCase(
      heads: 2, size: 32, lengths: [5, 3, 9], prompts: [0..<0, 0..<4, 1..<3], seed: 3)
    let test = Case(batch, isApart: false)
    var random = SeededRandom(seed: 9)
    let (words, vectors) = (random.tensor([11, 24]), random.tensor([2, 24]))
    // Each row begins with both virtual tokens.
    let slots = [5, 3, 9].reduce(into: [Int32]()) { slots, length in
      let words = Int32(slots.count { $0 >= 0 })
      slots += [-1, -2] + (0..<Int32(length) - 2).map { words + $0 }
    }
    func run(isAssembled: Bool) -> (y: Tensor, gradient: Tensor?) {
      let tape = Tape()
      let copied = tape.variable(vectors)
      let x =
        isAssembled
        ? assembled(slots, constants: Variable(words), copied: copied)
        : embedding(slots, tokens: Variable(words), virtualTokens: copied)
      let y = attention(test.kernel, between: test.weights, of: x, prompt: nil)
      tape.pullback(from: y, seed: test.dy)
      return (y.value, copied.gradient)
    }
    let (once, all) = (run(isAssembled: true), run(isAssembled: false))
    expectSameBits(once.y, all.y)
    // The sum of a copy's gradients is rounded, or each of them.
    expectAlike(once.gradient, all.gradient)
  }
}
