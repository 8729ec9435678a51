// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// What no head reads is not computed in the last block, and nobody can tell.
@Suite struct BERTReadingTests {
  private struct Run {
    let states: Tensor
    let gradient: [Float]
  }

  // The states of each row's first slot and the gradient that their sum of squares gives to a
  // prompt.
  private func run(_ backbone: PostNormEncoder, readingAll: Bool, dropout: Float) throws -> Run {
    let pass = Pass.training(seed: 4, step: 1)
    let tape = try #require(pass.tape)
    let prompt = FoldedPrompt.deep(length: 4, layers: 0..<3, seed: 1)
    let state = PromptTables<Tensor>([prompt], layerCount: 3, width: 32).map {
      tape.variable($0)
    }
    let batch = Batch(TinyBERT.texts(lengths: [9, 2, 17, 1, 30]).map { $0.under(prompt, at: 0) })
    let hidden = backbone.hiddenStates(
      of: batch, prompts: state, reading: readingAll ? .all : .slots(batch.textBegin),
      dropout: dropout, in: pass)
    let states = readingAll ? rows(batch.textBegin, of: hidden) : hidden
    tape.pullback(from: states, seed: states.value)
    return Run(
      states: states.value, gradient: try #require(state.tables[0].gradient).values)
  }

  @Test(arguments: Precision.allCases, [false, true])
  func `a head that reads one slot of each row gets what all slots' states hold`(
    precision: Precision, isTrained: Bool
  ) throws {
    let backbone = try TinyBERT.load(isTrained: isTrained, precision: precision)
    for dropout: Float in [0, 0.3] {
      let some = try run(backbone, readingAll: false, dropout: dropout)
      let all = try run(backbone, readingAll: true, dropout: dropout)
      #expect(relativeGap(some.states.values, all.states.values) < 1e-5)
      // The gradients of the queries that nobody reads are zeros, which change a rounded row's
      // unit.
      #expect(
        relativeGap(some.gradient, all.gradient)
          < (precision == .float32 || isTrained ? 1e-5 : 0.02))
    }
  }
}
