// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// Attention of a stack's slots to each other, scores unscaled and biased by distance.
struct T5SelfAttention: Sendable {
  let norm: RMSNorm
  let projections: LinearMap  // queries, keys and values side by side
  let output: LinearMap
  let weights: AttentionWeights?  // an encoder's, of both, if they round
  let heads: Int
  let size: Int
  let isCausal: Bool

  init(from loader: ParameterLoader, _ c: T5.Configuration, isCausal: Bool) throws {
    norm = try loader["layer_norm"].rmsNorm(width: c.width, epsilon: c.epsilon)
    projections = try loader["SelfAttention"].joinedMap(
      ["q", "k", "v"], outputs: c.attentionWidth, inputs: c.width)
    output = try loader["SelfAttention"].linearMap(
      "o", outputs: c.width, inputs: c.attentionWidth)
    // A decoder writes with keys and values in float32, and so it learns with them.
    weights = isCausal ? nil : AttentionWeights(heard: projections, output: output)
    heads = c.headCount
    size = c.headSize
    self.isCausal = isCausal
  }

  var linearMaps: [LinearMap] { [projections, output] }

  var parameters: [Parameter] { norm.parameters + projections.parameters + output.parameters }

  /// Adds what the slots hear to their stream.
  ///
  /// With a cache, keys and values are added to those of earlier calls, and all of a row's are
  /// seen; without one, rows are whole. Of the slots only those of `reading` go on.
  func callAsFunction(
    _ stream: LayerStream, _ slots: LayerSlots, prompt: DeepPrompt?, bias: BiasLines,
    cache: (rows: T5CacheRows, table: Tensor)? = nil, reading: LayerSlots? = nil,
    _ setting: LayerSetting
  ) -> LayerStream {
    let read = reading ?? slots
    let (sum, normalized) = normalized(stream, in: setting.pass)
    if let weights, cache == nil {
      let heard = attention(
        kernel(slots, KeyRanges(offsets: slots.offsets), setting), between: weights,
        of: normalized, prompt: prompt, bias: bias)
      return LayerStream(
        sum: read.rows(of: sum), pending: setting.dropped(read.rows(of: heard), read))
    }
    let width = heads * size
    let projected = normalized.mappingRows { projections($0, in: setting.pass) }
    var heardOf = KeysAndValues(projected, from: width, width: width)
    if let cache {
      Kernels.placeHeads(
        of: projected.value.buffer, xColumns: 3 * width, from: width, to: cache.rows.targets,
        of: cache.table.buffer, heads: 2 * heads, size: size)
      heardOf = KeysAndValues(headMajor: cache.table)
    }
    let heard = attention(
      kernel(read, cache?.rows.keys ?? KeyRanges(offsets: slots.offsets), setting),
      queries: Projection(read.rows(of: projected), column: 0), keys: heardOf.keys,
      values: heardOf.values, prompt: prompt, bias: bias)
    return LayerStream(
      sum: read.rows(of: sum),
      pending: setting.dropped(output(heard, in: setting.pass), read))
  }
}

extension T5SelfAttention {
  private func kernel(
    _ read: LayerSlots, _ keys: KeyRanges, _ setting: LayerSetting
  ) -> AttentionKernel {
    AttentionKernel(
      heads: heads, size: size, scale: 1, queryOffsets: read.offsets, keys: keys,
      queryPlaces: read.places, isCausal: isCausal, reordersLoneQueries: true,
      dropout: setting.attentionDropout)
  }

  // The stream's sum and its norm. The first layer's input may have been assembled of rows that are
  // copies of each other.
  private func normalized(
    _ stream: LayerStream, in pass: Pass
  ) -> (sum: Variable, normalized: Variable) {
    guard let pending = stream.pending else {
      return (stream.sum, stream.sum.mappingRows { norm($0, in: pass).normalized })
    }
    return norm(stream.sum, adding: pending, in: pass)
  }
}

/// A perceptron of two layers, its activation gated or not (Shazeer 2020).
struct T5Perceptron: Sendable {
  let norm: RMSNorm
  let inner: LinearMap  // if gated, the activated half and the other side by side
  let outer: LinearMap
  let activation: Activation
  // Of these two, one or the other.
  let plain: Perceptron?
  let gated: GatedPerceptron

  init(from loader: ParameterLoader, _ c: T5.Configuration) throws {
    norm = try loader["layer_norm"].rmsNorm(width: c.width, epsilon: c.epsilon)
    let perceptron = loader["DenseReluDense"]
    inner = try perceptron.joinedMap(
      c.isGated ? ["wi_0", "wi_1"] : ["wi"], outputs: c.innerWidth, inputs: c.width)
    outer = try perceptron.linearMap("wo", outputs: c.width, inputs: c.innerWidth)
    activation = c.activation
    plain = c.isGated ? nil : Perceptron(inner: inner, activation: activation, outer: outer)
    // Prompts that were trained before are answered to the bit.
    gated = GatedPerceptron(
      inner: inner, activation: activation, outer: outer, keepsDigits: true)
  }

  var linearMaps: [LinearMap] { [inner, outer] }

  var parameters: [Parameter] { norm.parameters + inner.parameters + outer.parameters }

  func callAsFunction(
    _ stream: LayerStream, _ slots: LayerSlots, _ setting: LayerSetting
  ) -> LayerStream {
    let (pass, drops) = (setting.pass, setting.pass.dropout(setting.dropout) != nil)
    let (sum, normalized) = norm(stream.sum, adding: stream.pending, in: pass)
    let between = drops ? { setting.dropped($0, slots) } : nil
    let result =
      plain?(normalized, in: pass, between: between)
      ?? gated(normalized, in: pass, between: between)
    return LayerStream(sum: sum, pending: setting.dropped(result, slots))
  }
}
