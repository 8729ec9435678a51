// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

/// Prompts that lie apart, each where it is.
@Suite(.namesValues) struct DeepPromptTests {
  @Test func `prompts in matrices of their own give the bits of one table`() {
    forEachAttentionCase { batch in
      let joined = batch.prompt(keys: Variable(batch.keys), values: Variable(batch.values))
      let apart = PromptsApart(batch) { Variable($0) }
      let text = Variable(batch.text)
      expectSameBits(
        batch.output(text: text, prompt: apart.prompt).value,
        batch.output(text: text, prompt: joined).value)
    }
  }

  @Test func `each prompt's gradients are its own`() {
    forEachAttentionCase { batch in
      guard batch.hasPrompts else { return }
      let (together, separate) = (Tape(), Tape())
      let (keys, values) = (together.variable(batch.keys), together.variable(batch.values))
      let expected = batch.output(
        text: together.variable(batch.text), prompt: batch.prompt(keys: keys, values: values))
      let seed = Tensor(repeating: 0.5, shape: expected.shape)
      together.pullback(from: expected, seed: seed)
      let apart = PromptsApart(batch) { separate.variable($0) }
      separate.pullback(
        from: batch.output(text: separate.variable(batch.text), prompt: apart.prompt), seed: seed)
      let found = apart.gradients
      guard let keys = keys.gradient, let values = values.gradient else {
        Issue.record("No gradient.")
        return
      }
      expectClose(found.keys, keys, absolute: 1e-5)
      expectClose(found.values, values, absolute: 1e-5)
      #expect(apart.isZeroElsewhere)
    }
  }

  @Test func `a frozen prompt beside a trained one has no gradient`() {
    let batch = AttentionCase(
      heads: 2, size: 8, lengths: [3, 5], prompts: [0..<4, 4..<9], seed: 2)
    let tape = Tape()
    var isFirst = true
    let apart = PromptsApart(batch) { matrix in
      defer { isFirst = false }
      return isFirst ? Variable(matrix) : tape.variable(matrix)
    }
    let all = PromptsApart(batch) { tape.variable($0) }
    for prompt in [apart.prompt, all.prompt] {
      let y = batch.output(text: Variable(batch.text), prompt: prompt)
      tape.pullback(from: y, seed: Tensor(repeating: 1, shape: y.shape))
    }
    #expect(apart.matrices[0].gradient == nil)
    #expect(apart.matrices[1].gradient?.values == all.matrices[1].gradient?.values)
  }

  @Test func `rows know how many virtual tokens they see`() {
    let matrix = Variable(Tensor(zeros: [9, 4]))
    #expect(DeepPrompt(keys: matrix, values: matrix, parts: [2..<9, 0..<0]).lengths == [7, 0])
    #expect(DeepPrompt(blocks: [], parts: [nil, nil]).lengths == [0, 0])
  }
}

/// A case's prompts, each row's in a matrix of its own, some columns of which are its keys and its
/// values.
struct PromptsApart {
  let matrices: [Variable]
  let prompt: DeepPrompt
  private let batch: AttentionCase

  // Before the keys stands one value, between keys and values two.
  private static let first = 1
  private static let between = 2

  init(_ batch: AttentionCase, _ variable: (Tensor) -> Variable) {
    let width = batch.kernel.width
    let (keys, values) = (batch.keys.values, batch.values.values)
    matrices = batch.prompts.map { rows in
      let filled = rows.flatMap { row -> [Float] in
        let own = row * width..<(row + 1) * width
        return [9] + keys[own] + [9, 9] + values[own]
      }
      return variable(Tensor(filled, shape: [rows.count, 2 * width + 3]))
    }
    prompt = DeepPrompt(
      blocks: matrices.map {
        DeepPrompt.Block(
          keys: Projection($0, column: Self.first),
          values: Projection($0, column: Self.first + width + Self.between))
      },
      parts: batch.prompts.enumerated().map { index, rows in
        rows.isEmpty ? nil : AttentionPrefix.Part(block: index, rows: 0..<rows.count)
      })
    self.batch = batch
  }

  /// The gradients that the matrices got, added up in tables as the case has them.
  var gradients: (keys: Tensor, values: Tensor) {
    let width = batch.kernel.width
    var (keys, values) = (
      [Float](repeating: 0, count: batch.keys.shape.count),
      [Float](repeating: 0, count: batch.keys.shape.count)
    )
    for (matrix, rows) in zip(matrices, batch.prompts) {
      guard let gradient = matrix.gradient else { continue }
      for (place, row) in rows.enumerated() {
        for column in 0..<width {
          let from = place * gradient.columns + Self.first + column
          keys[row * width + column] += gradient.buffer[from]
          values[row * width + column] += gradient.buffer[from + width + Self.between]
        }
      }
    }
    return (Tensor(keys, shape: batch.keys.shape), Tensor(values, shape: batch.keys.shape))
  }

  /// Whether nothing was added beside keys and values.
  var isZeroElsewhere: Bool {
    let width = batch.kernel.width
    return matrices.compactMap(\.gradient).allSatisfy { gradient in
      (0..<gradient.rows).allSatisfy { row in
        [0, width + 1, width + 2].allSatisfy { gradient.buffer[row * gradient.columns + $0] == 0 }
      }
    }
  }
}
