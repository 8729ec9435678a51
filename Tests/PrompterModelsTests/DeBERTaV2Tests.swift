// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import Testing

/// What a DeBERTa computes where golden runs do not look.
@Suite(.namesValues) struct DeBERTaV2Tests {
  private static let kinds = ["deberta-v2", "deberta-v3"]

  private static func states(
    _ model: DeBERTaV2, _ texts: [Row], _ prompts: [FoldedPrompt] = [], reading: Reading = .all
  ) -> Tensor {
    let state =
      prompts.isEmpty
      ? PromptState.none(layerCount: model.layerCount)
      : PromptTables<Tensor>(prompts, layerCount: model.layerCount, width: model.width)
        .map { Variable($0) }
    return model.hiddenStates(
      of: Batch(texts), prompts: state, reading: reading, dropout: 0, in: .inference()
    ).value
  }

  private static func deep(_ length: Int, seed: UInt64) -> FoldedPrompt {
    .deep(length: length, layers: 0..<3, seed: seed, width: 24)
  }

  @Test(arguments: kinds)
  func `a text has the same bits alone and among others`(kind: String) throws {
    let model = try TinyDeBERTa.load(kind)
    let prompts = [Self.deep(4, seed: 1), Self.deep(2, seed: 2)]
    let texts = TinyEncoder.texts(lengths: [7, 33, 1, 20]).enumerated().map {
      Row(ids: $1.ids, segments: $1.segments, prompt: $0 % 2)
    }
    let together = Self.states(model, texts, prompts)
    var first: Int32 = 0
    for text in texts {
      let own = (first..<first + Int32(text.ids.count)).map { $0 }
      first += Int32(own.count)
      let alone = Self.states(try TinyDeBERTa.load(kind), [text], prompts)
      expectSameBits(alone, rows(own, of: Variable(together)).value)
    }
  }

  @Test(arguments: kinds, [1, 3])
  func `slots that are read have the bits that they have among all`(
    kind: String, layers: Int
  ) throws {
    let model = try TinyDeBERTa.load(kind) { $0["num_hidden_layers"] = layers }
    let texts = TinyEncoder.texts(lengths: [9, 31, 2])
    let read: [Int32] = [0, 0, 8, 9, 20, 39, 40]
    let all = Self.states(model, texts)
    expectSameBits(
      Self.states(model, texts, reading: .slots(read)), rows(read, of: Variable(all)).value)
  }

  @Test(arguments: kinds)
  func `longer texts change nothing for shorter ones that come later`(kind: String) throws {
    let (used, fresh) = (try TinyDeBERTa.load(kind), try TinyDeBERTa.load(kind))
    let texts = TinyEncoder.texts(lengths: [3, 36, 5])
    for text in texts { _ = Self.states(used, [text]) }
    for text in texts.reversed() {
      expectSameBits(Self.states(used, [text]), Self.states(fresh, [text]))
    }
  }

  @Test func `a deep prompt's place does not matter, a word's does`() throws {
    let model = try TinyDeBERTa.load("deberta-v3")
    let prompt = Self.deep(3, seed: 4)
    let table = try #require(prompt.deep?.table)
    let turned = FoldedPrompt(
      deep: FoldedPrompt.Deep(table: rows([2, 0, 1], of: Variable(table)).value, layers: 0..<3))
    let text = TinyEncoder.texts(lengths: [12])
    expectClose(
      Self.states(model, text, [prompt]), Self.states(model, text, [turned]), absolute: 2e-5)
    var ids = text[0].ids
    ids.swapAt(3, 8)
    let swapped = [Row(ids: ids, segments: text[0].segments)]
    let (before, after) = (Self.states(model, text), Self.states(model, swapped))
    #expect(gap(before.rowValues[0], after.rowValues[0]) > 1e-3)
  }

  @Test func `any number of tokens will do where words have no positions`() throws {
    let model = try TinyDeBERTa.load("deberta-v3")
    #expect(model.positionLimit == nil && model.segmentLimit == nil)
    let states = Self.states(model, TinyEncoder.texts(lengths: [700]))
    #expect(states.rows == 700 && Kernels.isFinite(states.buffer))
    let limited = try TinyDeBERTa.load("deberta-v2")
    #expect(limited.positionLimit == 40 && limited.segmentLimit == 2)
  }

  @Test(arguments: [["c2p"], ["p2c"], []])
  func `each kind of terms may be alone or missing`(terms: [String]) throws {
    try withEvery("kind", in: Self.kinds) { kind in
      let texts = TinyEncoder.texts(lengths: [12, 5])
      let some = try TinyDeBERTa.load(kind) { $0["pos_att_type"] = terms }
      let both = try TinyDeBERTa.load(kind)
      let (part, whole) = (Self.states(some, texts), Self.states(both, texts))
      #expect(Kernels.isFinite(part.buffer) && gap(part.values, whole.values) > 1e-3)
      // Without relative positions the same names only divide scores.
      let plain = try TinyDeBERTa.load(kind) {
        $0["pos_att_type"] = terms
        $0["relative_attention"] = false
      }
      let isSame = gap(Self.states(plain, texts).values, part.values) == 0
      #expect(isSame == terms.isEmpty)
    }
  }

  @Test(arguments: kinds)
  func `dropout changes states by the step's seed alone`(kind: String) throws {
    let model = try TinyDeBERTa.load(kind)
    func states(step: Int) -> Tensor {
      let pass = Pass.training(seed: 3, step: step)
      return model.hiddenStates(
        of: Batch(TinyEncoder.texts(lengths: [9, 14])), prompts: .none(layerCount: 3),
        reading: .all, dropout: 0.2, in: pass
      ).value
    }
    expectSameBits(states(step: 1), states(step: 1))
    #expect(gap(states(step: 1).values, states(step: 2).values) > 1e-3)
  }

  @Test(arguments: kinds)
  func `bfloat16 products are near those of single precision`(kind: String) throws {
    let texts = TinyEncoder.texts(lengths: [9, 31])
    let exact = Self.states(try TinyDeBERTa.load(kind), texts)
    let rounded = Self.states(try TinyDeBERTa.load(kind, precision: .bfloat16), texts)
    let difference = gap(exact.values, rounded.values)
    #expect(difference > 0 && difference < 0.15)
  }
}
