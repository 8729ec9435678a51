// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// In training, targets of a few tokens hear the encoder's states themselves; it may not be seen.
@Suite struct T5CrossAttentionTests {
  private struct Run {
    let logits: [Float]
    let gradient: [Float]
    let records: Int
  }

  // The logits of a target of one token read from a long text, and the gradients that the
  // first logit's square gives to the prompt; with company, another target of so many tokens
  // reads the same text.
  private func run(
    _ golden: TinyT5, company: Int, dropout: Float, length: Int = 40
  ) throws -> Run {
    let pass = Pass.training(seed: 2, step: 0)
    let tape = try #require(pass.tape)
    let state = golden.state(try golden.prompt(input: true)).map { tape.variable($0.value) }
    let text = (0..<Int32(length)).map { 3 + $0 % 50 }
    let batch = Batch(
      [Row(text: text, segments: text.map { _ in 0 }, virtualTokens: 5, prompt: 0)], numbers: [0])
    var targets = [TargetRow(target: [7], start: 0, virtualTokens: 0, source: 0)]
    if company > 0 {
      targets.append(
        TargetRow(
          target: (0..<Int32(company)).map { 4 + $0 }, start: 0, virtualTokens: 0, source: 0))
    }
    let logits = golden.model.logits(
      of: TargetBatch(targets, numbers: Array(targets.indices)), after: batch, prompts: state,
      dropout: dropout, in: pass)
    let records = tape.recordCount
    let first = rows([0], of: logits)
    tape.pullback(from: crossEntropy(first, labels: [7], scale: 1))
    return Run(
      logits: first.value.values, gradient: try #require(state.input?.vectors.gradient).values,
      records: records)
  }

  @Test(arguments: TinyT5.names, [Float(0), 0.2])
  func `hearing states gives what hearing their keys and values gives`(
    name: String, dropout: Float
  ) throws {
    let golden = try TinyT5(name)
    let direct = try run(golden, company: 0, dropout: dropout)
    let projected = try run(golden, company: 30, dropout: dropout)
    // Questions to states and means of states instead of keys and values; only the first block's
    // questions are constants.
    #expect(direct.records == projected.records + golden.model.decoderLayerCount - 1)
    #expect(direct.logits != projected.logits)
    #expect(relativeGap(direct.logits, projected.logits) < 1e-5)
    #expect(relativeGap(direct.gradient, projected.gradient) < 1e-4)
  }

  @Test(arguments: [Precision.int16, .bfloat16])
  func `in other precisions it is as near as their rounding allows`(
    precision: Precision
  ) throws {
    let reference = try run(TinyT5("t5-1.0"), company: 0, dropout: 0)
    let golden = try TinyT5("t5-1.0", precision: precision)
    for company in [0, 30] {
      let found = try run(golden, company: company, dropout: 0)
      let limit = precision == .int16 ? 1e-2 : 1e-1
      #expect(relativeGap(found.logits, reference.logits) < limit)
      #expect(relativeGap(found.gradient, reference.gradient) < limit)
    }
  }
}
