// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// Attention of a decoder's slots to the encoder's states.
struct T5CrossAttention: Sendable {
  let norm: RMSNorm
  let queries: LinearMap
  let memory: LinearMap  // keys and values side by side
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
  }

  var parameters: [Parameter] {
    norm.parameters + queries.parameters + memory.parameters + output.parameters
  }

  /// Adds what the slots hear of the encoder to their stream.
  ///
  /// `memory` is what ``keysAndValues(of:in:)`` makes of the encoder's states, `ranges` tells which of
  /// them each row sees.
  func callAsFunction(
    _ stream: T5Stream, _ slots: T5Slots, memory: T5KeysAndValues, _ ranges: KeyRanges,
    _ setting: T5Setting
  ) -> T5Stream {
    let (sum, normalized) = norm(stream.sum, adding: stream.pending, in: setting.pass)
    let kernel = AttentionKernel(
      heads: heads, size: size, scale: 1, queryOffsets: slots.offsets, keys: ranges,
      reordersLoneQueries: true, dropout: setting.attentionDropout)
    let heard = attention(
      kernel, queries: Projection(queries(normalized, in: setting.pass), column: 0),
      keys: memory.keys, values: memory.values, prompt: nil)
    return T5Stream(
      sum: sum, pending: setting.dropped(output(heard, in: setting.pass), slots))
  }

  /// The keys and values of the encoder's states [slots, width].
  func keysAndValues(of states: Variable, in pass: Pass) -> T5KeysAndValues {
    T5KeysAndValues(memory(states, in: pass), from: 0, width: heads * size)
  }

  /// The same, for queries that come one at a time.
  func cachedKeysAndValues(of states: Tensor, in pass: Pass) -> T5KeysAndValues {
    let projected = memory(Variable(states), in: pass).value
    let cached = Tensor(uninitialized: [2 * heads, projected.rows, size])
    Kernels.placeHeads(
      of: projected.buffer, xColumns: projected.columns, from: 0,
      to: (0..<Int32(projected.rows)).map { $0 }, of: cached.buffer, heads: 2 * heads, size: size)
    return T5KeysAndValues(headMajor: cached)
  }
}
