// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// The layers that read a text: each attention and a perceptron.
struct T5Encoder: Sendable {
  let blocks: [(attention: T5SelfAttention, perceptron: T5Perceptron)]
  let positions: DistanceBiases
  let norm: RMSNorm

  init(from loader: ParameterLoader, _ c: T5.Configuration) throws {
    blocks = try (0..<c.layerCount).map { index in
      let layers = loader["block.\(index).layer"]
      return (
        try T5SelfAttention(from: layers["0"], c, isCausal: false),
        try T5Perceptron(from: layers["1"], c)
      )
    }
    positions = try DistanceBiases(from: loader, c, isCausal: false)
    norm = try loader["final_layer_norm"].rmsNorm(width: c.width, epsilon: c.epsilon)
  }

  var parameters: [Parameter] {
    blocks.flatMap { $0.attention.parameters + $0.perceptron.parameters } + [positions.table]
      + norm.parameters
  }

  var frozenWeights: [any FrozenWeights] {
    blocks.flatMap { $0.attention.linearMaps + $0.perceptron.linearMaps }
  }

  /// What blocks `layers` make of states [slots, width]: after the last block the hidden states of
  /// the slots that are read, before it the sum that goes into the next one.
  func callAsFunction(
    _ layers: Range<Int>, _ states: Variable, _ batch: Batch, _ prompts: PromptState,
    reading: Reading, _ setting: LayerSetting
  ) -> Variable {
    let all = LayerSlots(offsets: batch.offsets, keys: batch.slotKeys)
    var read = all
    if case .slots(let slots) = reading {
      // Whatever no head reads is not computed: no other queries are left.
      read = all.reading(slots, offsets: batch.offsets(of: slots))
    }
    let deep = layers.map { prompts.deepPrompt(layer: $0, for: batch, in: setting.pass) }
    let bias = positions(upTo: Self.longest(batch.offsets, deep) - 1, in: setting.pass)
    var stream = LayerStream(sum: states)
    for (layer, prompt) in zip(layers, deep) {
      let queries = layer == layers.upperBound - 1 ? read : all
      stream = blocks[layer].attention(
        stream, all, prompt: prompt, bias: bias, reading: queries, setting)
      stream = blocks[layer].perceptron(stream, queries, setting)
    }
    let (sum, hidden) = norm(stream.sum, adding: stream.pending, in: setting.pass)
    return layers.upperBound == blocks.count ? setting.dropped(hidden, read) : sum
  }

  // The most keys that a row sees in any layer, prompt included.
  private static func longest(_ offsets: [Int32], _ prompts: [DeepPrompt?]) -> Int {
    let text = zip(offsets, offsets.dropFirst()).map { $1 - $0 }
    let longest = prompts.reduce(text.max() ?? 1) { longest, prompt in
      guard let prompt else { return longest }
      return zip(text, prompt.lengths).reduce(longest) { max($0, $1.0 + $1.1) }
    }
    return Int(longest)
  }
}

/// The layers that write: each attention to what is written, attention to the encoder's states, and
/// a perceptron.
struct T5Decoder: Sendable {
  struct Block: Sendable {
    let attention: T5SelfAttention
    let cross: T5CrossAttention
    let perceptron: T5Perceptron
  }

  let blocks: [Block]
  let positions: DistanceBiases
  let norm: RMSNorm

  init(from loader: ParameterLoader, _ c: T5.Configuration) throws {
    blocks = try (0..<c.decoderLayerCount).map { index in
      let layers = loader["block.\(index).layer"]
      return Block(
        attention: try T5SelfAttention(from: layers["0"], c, isCausal: true),
        cross: try T5CrossAttention(from: layers["1"], c),
        perceptron: try T5Perceptron(from: layers["2"], c))
    }
    positions = try DistanceBiases(from: loader, c, isCausal: true)
    norm = try loader["final_layer_norm"].rmsNorm(width: c.width, epsilon: c.epsilon)
  }

  var parameters: [Parameter] {
    blocks.flatMap {
      $0.attention.parameters + $0.cross.parameters + $0.perceptron.parameters
    } + [positions.table] + norm.parameters
  }

  var frozenWeights: [any FrozenWeights] {
    blocks.flatMap { block -> [any FrozenWeights] in
      block.attention.linearMaps + block.cross.frozenWeights + block.perceptron.linearMaps
    }
  }

  /// The hidden states of the slots that are read, from vectors [slots, width].
  ///
  /// `memory` is what each block hears of the encoder's states, `ranges` tells which of them each
  /// row sees, `cache` keeps those of what was written before, and `prompts` has those that a
  /// prompt puts before all of it.
  func callAsFunction(
    _ vectors: Variable, _ slots: LayerSlots, reading read: LayerSlots, memory: [T5Memory],
    _ ranges: KeyRanges, prompts: [DeepPrompt?], cache: T5Cache? = nil, _ setting: LayerSetting
  ) -> Variable {
    let longest = prompts.compactMap { $0?.lengths.max() }.max()
    let bias = positions(
      upTo: Int((cache?.capacity ?? (slots.places.max() ?? 0) + 1) + (longest ?? 0)),
      in: setting.pass)
    let cached = cache?.rows(slots)
    var stream = LayerStream(sum: setting.dropped(vectors, slots))
    for (index, block) in blocks.enumerated() {
      let queries = index == blocks.count - 1 ? read : slots
      let table = cache?.tables[index]
      stream = block.attention(
        stream, slots, prompt: prompts[index], bias: bias,
        cache: cached.flatMap { rows in table.map { (rows, $0) } }, reading: queries, setting)
      stream = block.cross(stream, queries, memory: memory[index], ranges, setting)
      stream = block.perceptron(stream, queries, setting)
    }
    let (_, hidden) = norm(stream.sum, adding: stream.pending, in: setting.pass)
    return setting.dropped(hidden, read)
  }

  /// For each block, what slots hear of the encoder's states.
  func memory(
    of states: Variable, for slots: LayerSlots, _ ranges: KeyRanges, in pass: Pass
  ) -> [T5Memory] {
    blocks.map { $0.cross.memory(of: states, for: slots, ranges, in: pass) }
  }

  /// The same, for texts that are written token by token.
  func cachedMemory(of states: Tensor, in pass: Pass) -> [T5Memory] {
    blocks.map { .projected($0.cross.cachedKeysAndValues(of: states, in: pass)) }
  }
}

extension DistanceBiases {
  init(from loader: ParameterLoader, _ c: T5.Configuration, isCausal: Bool) throws {
    table = try loader["block.0.layer.0.SelfAttention.relative_attention_bias"].table(
      "weight", [c.bucketCount, c.headCount])
    reach = c.bucketReach
    self.isCausal = isCausal
  }
}
