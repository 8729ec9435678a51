// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// What attention to the encoder hears: keys and values of its states, or the states themselves.
enum T5Memory {
  case projected(KeysAndValues)
  case states(Variable)
}

/// Attention of a decoder's slots to the encoder's states.
///
/// In training with frozen weights and targets of a few tokens, as labels are, keys and values
/// of all states would be the most work of the decoder. So its queries hear the states
/// themselves; see ``HeadMap``. Which of the two a replica takes is a matter of rounding alone:
/// the same values are dropped.
struct T5CrossAttention: Sendable {
  let norm: RMSNorm
  let queries: LinearMap
  let memory: LinearMap  // keys and values side by side
  let heard: (keys: HeadMap, values: HeadMap)?  // the same for each head; nil if trained
  let output: LinearMap
  let heads: Int
  let size: Int

  init(from loader: ParameterLoader, _ c: T5.Configuration) throws {
    norm = try loader["layer_norm"].rmsNorm(width: c.width, epsilon: c.epsilon)
    let attention = loader["EncDecAttention"]
    queries = try attention.linearMap("q", outputs: c.attentionWidth, inputs: c.width)
    memory = try attention.joinedMap(
      ["k", "v"], outputs: c.attentionWidth, inputs: c.width)
    output = try attention.linearMap("o", outputs: c.width, inputs: c.attentionWidth)
    heads = c.headCount
    size = c.headSize
    guard !loader.isTrained else {
      heard = nil
      return
    }
    let maps = memory.parameters.map {
      HeadMap(weight: $0, heads: c.headCount, precision: loader.precision)
    }
    heard = (maps[0], maps[1])
  }

  var frozenWeights: [any FrozenWeights] {
    let maps: [any FrozenWeights] = [queries, memory, output]
    return maps + (heard.map { [$0.keys, $0.values] } ?? [])
  }

  var parameters: [Parameter] {
    norm.parameters + queries.parameters + memory.parameters + output.parameters
  }

  /// Adds what the slots hear of the encoder to their stream.
  ///
  /// `memory` is what ``memory(of:for:_:in:)`` makes of the encoder's states, `ranges` tells which
  /// of them each row sees.
  func callAsFunction(
    _ stream: LayerStream, _ slots: LayerSlots, memory: T5Memory, _ ranges: KeyRanges,
    _ setting: LayerSetting
  ) -> LayerStream {
    let (sum, normalized) = norm(stream.sum, adding: stream.pending, in: setting.pass)
    let asked = queries(normalized, in: setting.pass)
    let heard =
      switch memory {
      case .projected(let memory): hear(memory, asked, slots, ranges, setting)
      case .states(let states): hear(states, asked, slots, ranges, setting)
      }
    return LayerStream(
      sum: sum, pending: setting.dropped(output(heard, in: setting.pass), slots))
  }

  private func hear(
    _ memory: KeysAndValues, _ asked: Variable, _ slots: LayerSlots, _ ranges: KeyRanges,
    _ setting: LayerSetting
  ) -> Variable {
    let kernel = AttentionKernel(
      heads: heads, size: size, scale: 1, queryOffsets: slots.offsets, keys: ranges,
      reordersLoneQueries: true, dropout: setting.attentionDropout)
    return attention(
      kernel, queries: Projection(asked, column: 0), keys: memory.keys, values: memory.values,
      prompt: nil)
  }

  // All heads hear the same states, so they are queries of one head as wide as a state.
  private func hear(
    _ states: Variable, _ asked: Variable, _ slots: LayerSlots, _ ranges: KeyRanges,
    _ setting: LayerSetting
  ) -> Variable {
    guard let heard else { preconditionFailure("Trained weights make keys and values.") }
    let kernel = AttentionKernel(
      heads: 1, size: states.value.columns, scale: 1,
      queryOffsets: slots.offsets.map { $0 * Int32(heads) }, keys: ranges, queryHeads: heads,
      dropout: setting.attentionDropout)
    let whole = Projection(states, column: 0)
    return heard.values(
      attention(
        kernel, queries: Projection(heard.keys.transposed(asked), column: 0), keys: whole,
        values: whole, prompt: nil))
  }

  /// What slots hear of the encoder's states [states, width].
  func memory(
    of states: Variable, for slots: LayerSlots, _ ranges: KeyRanges, in pass: Pass
  ) -> T5Memory {
    guard pass.tape != nil, heard != nil, isLess(slots, ranges) else {
      return .projected(
        KeysAndValues(memory(states, in: pass), from: 0, width: heads * size))
    }
    return .states(states)
  }

  // Whether hearing states takes less than making their keys and values, both with their pullbacks,
  // in values of a state's width. Attention's seven products take three times as long as those with
  // weights.
  private func isLess(_ slots: LayerSlots, _ ranges: KeyRanges) -> Bool {
    let width = heads * size
    var direct = 4 * width * slots.places.count
    for row in ranges.begin.indices {
      let queries = Int(slots.offsets[row + 1] - slots.offsets[row])
      direct += 3 * 7 * heads * queries * Int(ranges.end[row] - ranges.begin[row])
    }
    return direct < 4 * width * ranges.count
  }

  /// The keys and values of the encoder's states [states, width] for queries that come one at a
  /// time.
  func cachedKeysAndValues(of states: Tensor, in pass: Pass) -> KeysAndValues {
    let projected = memory(Variable(states), in: pass).value
    let cached = Tensor(uninitialized: [2 * heads, projected.rows, size])
    Kernels.placeHeads(
      of: projected.buffer, xColumns: projected.columns, from: 0,
      to: (0..<Int32(projected.rows)).map { $0 }, of: cached.buffer, heads: 2 * heads, size: size)
    return KeysAndValues(headMajor: cached)
  }
}
