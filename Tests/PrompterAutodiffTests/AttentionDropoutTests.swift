// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterKernels
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct AttentionDropoutTests {
  @Test func `every value agrees with the slow twin under the same mask`() {
    forEachAttentionCase(dropout: 0.2) { batch in
      let prompt = batch.prompt(keys: Variable(batch.keys), values: Variable(batch.values))
      let output = batch.output(text: Variable(batch.text), prompt: prompt)
      expectClose(output.value, batch.expected, absolute: 4e-6)
    }
  }

  @Test func `the gradients of text and prompt are right`() {
    forEachAttentionCase(dropout: 0.3) { batch in
      checkGradients(of: [batch.text, batch.keys, batch.values], elements: 6) {
        batch.output(text: $0[0], prompt: batch.prompt(keys: $0[1], values: $0[2]))
      }
    }
  }

  // With equal keys and values of 1 each output is the kept share over 1 - p.
  @Test func `about the asked share is dropped and the mean stays`() {
    withEvery("probability", in: [Float(0.1), 0.5]) { probability in
      let outputs = keptShares(probability, key: 1, rowKey: 2)
      let mean = outputs.reduce(0) { $0 + Double($1) } / Double(outputs.count)
      // 4 heads x 130 queries x 130 keys: the standard error is below 0.004.
      #expect(abs(mean - 1) < 0.016)
    }
  }

  @Test func `masks differ between keys, rows, heads and queries, and repeat for the same`() {
    let first = keptShares(0.5, key: 1, rowKey: 2)
    #expect(first == keptShares(0.5, key: 1, rowKey: 2))
    #expect(first != keptShares(0.5, key: 2, rowKey: 2))
    #expect(first != keptShares(0.5, key: 1, rowKey: 3))
    // Sums of 130 coins repeat by chance, but there are far more than a few of them.
    #expect(Set(first).count > 20)
  }

  private func keptShares(_ probability: Float, key: UInt32, rowKey: UInt32) -> [Float] {
    let kernel = AttentionKernel(
      heads: 4, size: 1, scale: 1, queryOffsets: [0, 130], keyOffsets: [0, 130],
      dropout: (Dropout(probability: probability, key: key), [rowKey]))
    let ones = Variable(Tensor(repeating: 1, shape: [130, 12]))
    return attention(
      kernel, queries: Projection(ones, column: 0), keys: Projection(ones, column: 4),
      values: Projection(ones, column: 8), prompt: nil
    ).value.values
  }
}
