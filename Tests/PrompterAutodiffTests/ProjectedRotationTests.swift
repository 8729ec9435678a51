// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

/// Attention with the frozen weights before and after it, its queries and keys turned and its
/// queries under a window, against its parts with what stands between them rounded.
@Suite(.namesValues) struct ProjectedRotationTests {
  private struct Case {
    static let inputs = 24
    let batch: WindowedCase
    let weights: AttentionWeights
    let x, dy: Tensor
    let table: RotationTable
    let kernel: AttentionKernel
    // The slots that have queries of their own; nil: all, in the keys' matrix.
    let slots: [Int32]?

    init(_ batch: WindowedCase, isApart: Bool) {
      var random = SeededRandom(seed: batch.kernel.width)
      func matrix(_ outputs: Int, _ inputs: Int) -> PackedMatrix {
        PackedMatrix(
          random.tensor([outputs, inputs], in: -0.3...0.3).buffer, outputs: outputs,
          inputs: inputs, precision: .bfloat16)
      }
      let (width, inputs) = (batch.kernel.width, Self.inputs)
      weights = AttentionWeights(
        heard: (matrix(isApart ? 2 * width : 3 * width, inputs), nil),
        queries: isApart ? (matrix(width, inputs), nil) : nil, output: matrix(inputs, width))
      table = RotationTable(size: batch.kernel.size, base: 1000, count: 320)
      x = random.tensor([batch.plain.text.rows, inputs])
      slots = isApart ? batch.someSlots : nil
      kernel = slots.map { batch.kernel(reading: $0) } ?? batch.kernel
      dy = random.tensor([kernel.queryCount, inputs])
      self.batch = batch
    }

    typealias Run = (y: Tensor, gradients: [Tensor?])

    private func prompt(on tape: Tape) -> (keys: Variable, values: Variable, all: DeepPrompt) {
      let (keys, values) = (tape.variable(batch.plain.keys), tape.variable(batch.plain.values))
      return (keys, values, batch.plain.prompt(keys: keys, values: values))
    }

    func together() -> Run {
      let tape = Tape()
      let x = tape.variable(x)
      let own = slots.map { rows($0, of: x) }
      let (keys, values, prompt) = prompt(on: tape)
      let y = attention(
        kernel, between: weights, of: x, queriesOf: own, prompt: prompt, rotation: table)
      tape.pullback(from: y, seed: dy)
      return (y.value, [x, keys, values].map(\.gradient))
    }

    func apart() -> Run {
      let tape = Tape()
      let x = tape.variable(x)
      let (keys, values, prompt) = prompt(on: tape)
      let (width, heads) = (kernel.width, kernel.heads)
      let places = Rotation(table, places: kernel.keys.places)
      let heard = rotate(
        product(x, weights.heard.weight), heads: slots == nil ? 2 * heads : heads, by: places)
      var queries = heard
      if let slots, let weights = weights.queries {
        queries = rotate(
          product(rows(slots, of: x), weights.weight), heads: heads,
          by: Rotation(table, places: kernel.queryPlaces ?? []))
      }
      let first = slots == nil ? width : 0
      let o = attention(
        kernel, queries: Projection(queries, column: 0),
        keys: Projection(heard, column: first), values: Projection(heard, column: first + width),
        prompt: prompt)
      let y = product(o, weights.output)
      tape.pullback(from: y, seed: dy)
      return (y.value, [x, keys, values].map(\.gradient))
    }
  }

  @Test(arguments: [false, true])
  func `values and gradients are those of the parts`(isApart: Bool) {
    forEachWindowedCase { batch in
      guard batch.kernel.size % 2 == 0 else { return }
      let test = Case(batch, isApart: isApart)
      let (found, expected) = (test.together(), test.apart())
      // What is rounded on the way is a 256th part off, and so is what is made of it.
      expectNear(found.y, expected.y, share: 3e-4, absolute: 1e-9)
      for (index, pair) in zip(found.gradients, expected.gradients).enumerated() {
        withEvery("gradient", in: [index]) { _ in
          guard let a = pair.0, let b = pair.1 else {
            #expect(pair.0 == nil && pair.1 == nil, "\(Trace.current)")
            return
          }
          expectNear(a, b, share: 3e-4, absolute: 1e-7)
        }
      }
    }
  }

  @Test func `queries that are read without the others have the same bits`() {
    forEachWindowedCase { batch in
      guard batch.kernel.size % 2 == 0, !batch.plain.hasPrompts else { return }
      let test = Case(batch, isApart: false)
      let slots = batch.someSlots
      let all = test.together().y
      let (width, heard) = (batch.kernel.width, test.weights.heard.weight)
      // The same weights with queries of their own.
      let projected = heard.roundedProduct(test.x.buffer, rows: test.x.rows)
      projected.rotate(
        heads: 2 * batch.kernel.heads, by: Rotation(test.table, places: batch.kernel.keys.places))
      let rotated = Tensor(reading: projected.widened(), shape: [projected.rows, 3 * width])
      let queries = rows(slots, of: Variable(rotated)).value
      let kernel = batch.kernel(reading: slots)
      let some = kernel.forward(
        AttentionKernel.RoundedInputs(
          queries: RoundedBlock(
            RoundedMatrix(rounding: queries.buffer, rows: slots.count, columns: 3 * width),
            column: 0),
          keys: RoundedBlock(projected, column: width),
          values: RoundedBlock(projected, column: 2 * width)),
        prefix: nil, logSums: nil)
      let y = Tensor(uninitialized: [slots.count, Case.inputs])
      test.weights.output.multiply(some, into: y.buffer)
      expectSameBits(y, rows(slots, of: Variable(all)).value)
    }
  }
}
