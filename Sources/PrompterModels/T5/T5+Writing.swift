// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterCore
internal import PrompterKernels
public import PrompterNN
internal import PrompterTensor

extension T5: TextWriter {
  /// The token that decoding begins with.
  public var startTokenID: Int32 { configuration.startTokenID }
  /// The token that ends a text.
  public var endTokenID: Int32 { configuration.endTokenID }

  /// The logits of the token after each of the targets'; see ``TextWriter``.
  public func logits(
    of targets: TargetBatch, after batch: Batch, prompts: PromptState, dropout: Float,
    in pass: Pass
  ) -> Variable {
    let memory = memory(of: batch, prompts, dropout: dropout, in: pass)
    let vectors = embedding(
      prompts.tokens(of: targets), tokens: pass(words),
      virtualTokens: prompts.decoderInput?.vectors)
    let all = LayerSlots(offsets: targets.offsets, keys: targets.slotKeys)
    let read =
      targets.textSlots.count == targets.slotCount
      ? all : all.reading(targets.textSlots, offsets: targets.textOffsets)
    let ranges = Self.ranges(of: targets.sources, batch.offsets)
    let hidden = decoder(
      vectors, all, reading: read, memory: decoder.memory(of: memory, for: all, ranges, in: pass),
      ranges,
      prompts: prefixes(of: prompts, targets.prompts, targets.numbers, in: pass),
      LayerSetting(pass: pass, dropout: dropout, numbers: targets.numbers))
    return logits(of: hidden, in: pass)
  }

  /// Begins to write; see ``TextWriter``.
  public func decoding(
    of targets: TargetBatch, after batch: Batch, prompts: PromptState
  ) -> any Decoding {
    T5Decoding(self, targets, after: batch, prompts)
  }

  // The encoder's states of all slots, virtual tokens included: what the decoder attends to.
  func memory(
    of batch: Batch, _ prompts: PromptState, dropout: Float, in pass: Pass
  ) -> Variable {
    hiddenStates(of: batch, prompts: prompts, reading: .all, dropout: dropout, in: pass)
  }

  /// The logits [rows, vocabulary] of hidden states [rows, width].
  func logits(of hidden: Variable, in pass: Pass) -> Variable {
    guard configuration.scalesOutput else { return output(hidden, in: pass) }
    return output(scaled(hidden, by: 1 / Float(width).squareRoot()), in: pass)
  }

  /// What the decoder's attention to what was written sees before it, block by block.
  func prefixes(
    of prompts: PromptState, _ rows: [Int], _ numbers: [UInt32], in pass: Pass
  ) -> [DeepPrompt?] {
    (0..<decoderLayerCount).map {
      prompts.deepPrompt(decoderLayer: $0, prompts: rows, numbers: numbers, in: pass)
    }
  }

  /// The encoder's states that each row sees.
  static func ranges(of sources: [Int], _ offsets: [Int32]) -> KeyRanges {
    KeyRanges(
      begin: sources.map { offsets[$0] }, end: sources.map { offsets[$0 + 1] },
      count: Int(offsets.last ?? 0))
  }
}
