// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// T5 as it writes: the keys and values of all that was written, and of the encoder's states.
final class T5Decoding: Decoding {
  private(set) var logits: Tensor

  private let model: T5
  private let memory: [T5Memory]
  private let memoryOffsets: [Int32]
  private var sources: [Int]
  private let prompts: PromptState
  private var promptIndices: [Int]
  private var cache: T5Cache
  private let pass = Pass.inference()

  init(_ model: T5, _ targets: TargetBatch, after batch: Batch, _ prompts: PromptState) {
    self.model = model
    memory = model.decoder.cachedMemory(
      of: model.memory(of: batch, prompts, dropout: 0, in: pass).value, in: pass)
    memoryOffsets = batch.offsets
    sources = targets.sources
    self.prompts = prompts
    promptIndices = targets.prompts
    let lengths = zip(targets.offsets, targets.offsets.dropFirst()).map { $1 - $0 }
    cache = T5Cache(
      layers: model.decoderLayerCount, heads: 2 * model.configuration.headCount,
      size: model.configuration.headSize, rows: targets.count, longest: lengths.max() ?? 1)
    logits = Tensor(zeros: [0, model.vocabularyCount])
    let slots = LayerSlots(offsets: targets.offsets, keys: [])
    write(
      embedding(
        prompts.tokens(of: targets), tokens: Variable(model.words.value),
        virtualTokens: prompts.decoderInput?.vectors),
      at: slots,
      reading: slots.reading(
        targets.offsets.dropFirst().map { $0 - 1 },
        offsets: (0...Int32(targets.count)).map { $0 }))
  }

  func advance(_ tokens: [Int32], of rows: [Int]) {
    precondition(tokens.count == rows.count && !rows.isEmpty, "A token for each row.")
    cache.keep(rows)
    sources = rows.map { sources[$0] }
    promptIndices = rows.map { promptIndices[$0] }
    let slots = LayerSlots(after: cache.lengths)
    write(
      embedding(tokens, tokens: Variable(model.words.value), virtualTokens: nil), at: slots,
      reading: slots)
  }

  private func write(_ vectors: Variable, at slots: LayerSlots, reading read: LayerSlots) {
    cache.extend(by: zip(slots.offsets, slots.offsets.dropFirst()).map { $1 - $0 })
    let hidden = model.decoder(
      vectors, slots, reading: read, memory: memory, T5.ranges(of: sources, memoryOffsets),
      prompts: model.prefixes(of: prompts, promptIndices, [], in: pass), cache: cache,
      LayerSetting(pass: pass, dropout: 0, numbers: []))
    logits = model.logits(of: hidden, in: pass).value
  }
}
