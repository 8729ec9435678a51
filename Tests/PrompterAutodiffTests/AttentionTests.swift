// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct AttentionTests {
  @Test func `every value agrees with the slow twin`() {
    forEachAttentionCase { batch in
      let prompt = batch.prompt(keys: Variable(batch.keys), values: Variable(batch.values))
      let output = batch.output(text: Variable(batch.text), prompt: prompt)
      expectClose(output.value, batch.expected, absolute: 3e-6)
    }
  }

  @Test func `the gradients of text and prompt are right`() {
    forEachAttentionCase { batch in
      checkGradients(of: [batch.text, batch.keys, batch.values], elements: 6) {
        batch.output(text: $0[0], prompt: batch.prompt(keys: $0[1], values: $0[2]))
      }
    }
  }

  @Test func `over frozen text the prompt's gradients are right and the text has none`() {
    forEachAttentionCase { batch in
      guard batch.hasPrompts else { return }
      let text = Variable(batch.text)
      checkGradients(of: [batch.keys, batch.values], elements: 6) {
        batch.output(text: text, prompt: batch.prompt(keys: $0[0], values: $0[1]))
      }
      #expect(text.gradient == nil)
    }
  }

  @Test func `under a frozen prompt the text's gradients are right`() {
    forEachAttentionCase { batch in
      let prompt = batch.prompt(keys: Variable(batch.keys), values: Variable(batch.values))
      checkGradients(of: [batch.text], elements: 6) {
        batch.output(text: $0[0], prompt: prompt)
      }
      checkGradients(of: [batch.text], elements: 6) { batch.output(text: $0[0], prompt: nil) }
    }
  }

  @Test func `either half of a prompt may be frozen`() {
    let batch = AttentionCase(
      heads: 2, size: 8, lengths: [3, 5], prompts: [0..<4, 2..<9], seed: 1)
    let text = Variable(batch.text)
    checkGradients(of: [batch.keys]) {
      batch.output(
        text: text, prompt: batch.prompt(keys: $0[0], values: Variable(batch.values)))
    }
    checkGradients(of: [batch.values]) {
      batch.output(text: text, prompt: batch.prompt(keys: Variable(batch.keys), values: $0[0]))
    }
  }

  @Test func `queries may come from another matrix than keys and values`() {
    forEachAttentionCase { batch in
      var random = SeededRandom(seed: 5)
      let (tokens, width) = (batch.text.rows, batch.kernel.width)
      let inputs = [
        random.tensor([tokens, width]), random.tensor([tokens, 2 * width]), batch.keys,
        batch.values,
      ]
      checkGradients(of: inputs, elements: 4) {
        batch.output(
          batch.kernel, queries: $0[0], keysAndValues: $0[1],
          prompt: batch.prompt(keys: $0[2], values: $0[3]))
      }
    }
  }

  @Test func `a layer that reads one query of each row gives the same values for it`() {
    forEachAttentionCase { batch in
      let (text, width) = (Variable(batch.text), batch.kernel.width)
      let prompt = batch.prompt(keys: Variable(batch.keys), values: Variable(batch.values))
      func some(reordered: Bool) -> Tensor {
        batch.output(
          batch.firstQueries(reordered: reordered),
          queries: rows(batch.firstTokens, of: columns(0..<width, of: text)),
          keysAndValues: columns(width..<3 * width, of: text), prompt: prompt
        ).value
      }
      let all = rows(batch.firstTokens, of: batch.output(text: text, prompt: prompt)).value
      expectSameBits(some(reordered: false), all)
      expectClose(some(reordered: true), all, absolute: 3e-6)
    }
  }

  @Test func `a layer that reads one query of each row has right gradients`() {
    forEachAttentionCase { batch in
      let width = batch.kernel.width
      checkGradients(of: [batch.text, batch.keys, batch.values], elements: 4) {
        batch.output(
          batch.firstQueries(reordered: true),
          queries: rows(batch.firstTokens, of: columns(0..<width, of: $0[0])),
          keysAndValues: columns(width..<3 * width, of: $0[0]),
          prompt: batch.prompt(keys: $0[1], values: $0[2]))
      }
    }
  }

  @Test func `only the queries, or only keys and values, may be recorded`() {
    let batch = AttentionCase(
      heads: 3, size: 8, lengths: [3, 60], prompts: [0..<4, 0..<0], seed: 2)
    var random = SeededRandom(seed: 3)
    let queries = random.tensor([63, 24])
    let keysAndValues = random.tensor([63, 48])
    let prompt = batch.prompt(keys: Variable(batch.keys), values: Variable(batch.values))
    checkGradients(of: [queries]) {
      batch.output(
        batch.kernel, queries: $0[0], keysAndValues: Variable(keysAndValues), prompt: prompt)
    }
    checkGradients(of: [keysAndValues]) {
      batch.output(batch.kernel, queries: Variable(queries), keysAndValues: $0[0], prompt: prompt)
    }
  }

  @Test func `columns beside the projections have no gradient`() {
    let batch = AttentionCase(
      heads: 1, size: 8, lengths: [3, 4], prompts: [0..<2, 0..<0], seed: 4)
    var random = SeededRandom(seed: 4)
    checkGradients(of: [random.tensor([7, 30])]) {
      attention(
        batch.kernel, queries: Projection($0[0], column: 20),
        keys: Projection($0[0], column: 1), values: Projection($0[0], column: 10), prompt: nil)
    }
  }

  @Test func `the gradients of a prompt that two rows share are the sum of each row's`() {
    var random = SeededRandom(seed: 6)
    let table = random.tensor([4, 32])
    // The same four virtual tokens once, and once for each row.
    let doubled = Tensor(table.values + table.values, shape: [8, 32])
    func gradients(_ table: Tensor, _ prompts: [Range<Int>]) -> [Float] {
      let batch = AttentionCase(heads: 2, size: 16, lengths: [5, 9], prompts: prompts, seed: 6)
      let tape = Tape()
      let (keys, values) = (tape.variable(table), tape.variable(table))
      let output = batch.output(
        text: Variable(batch.text), prompt: batch.prompt(keys: keys, values: values))
      tape.pullback(from: output, seed: Tensor(repeating: 1, shape: output.shape))
      return keys.gradient?.values ?? []
    }
    let shared = gradients(table, [0..<4, 0..<4])
    let apart = gradients(doubled, [0..<4, 4..<8])
    let sum = zip(apart[..<128], apart[128...]).map { $0 + $1 }
    expectClose(Tensor(shared, shape: [4, 32]), Tensor(sum, shape: [4, 32]), absolute: 1e-6)
  }

  @Test func `a row's values do not depend on the rows beside it`() {
    let lengths = [7, 1, 50, 130]
    let prompts = [0..<0, 2..<9, 0..<3, 1..<6]
    let all = AttentionCase(heads: 3, size: 32, lengths: lengths, prompts: prompts, seed: 8)
    let prompt = all.prompt(keys: Variable(all.keys), values: Variable(all.values))
    let together = all.output(text: Variable(all.text), prompt: prompt)
    for (row, length) in lengths.enumerated() {
      let tokens = (all.kernel.keys.begin[row]..<all.kernel.keys.end[row]).map { $0 }
      let alone = AttentionCase(
        heads: 3, size: 32, lengths: [length], prompts: [prompts[row]], seed: 8)
      let output = alone.output(
        text: rows(tokens, of: Variable(all.text)),
        prompt: alone.prompt(keys: Variable(all.keys), values: Variable(all.values)))
      expectSameBits(output.value, rows(tokens, of: together).value)
    }
  }

  @Test func `scores far apart overflow nothing`() {
    let batch = AttentionCase(heads: 1, size: 4, lengths: [2], prompts: [0..<0], seed: 9)
    let text = Tensor(
      [
        100, 0, 0, 0, 100, 0, 0, 0, 1, 2, 3, 4,
        -100, 0, 0, 0, -100, 0, 0, 0, 5, 6, 7, 8,
      ], shape: [2, 12])
    let tape = Tape()
    let variable = tape.variable(text)
    let output = batch.output(text: variable, prompt: nil)
    expectClose(output.value, Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 4]))
    tape.pullback(from: output, seed: Tensor(repeating: 1, shape: [2, 4]))
    #expect(variable.gradient.map { Kernels.isFinite($0.buffer) } == true)
  }
}
