// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// What the layers of a stack add to: a sum, and what the last layer's norm has yet to add to it.
struct T5Stream {
  var sum: Variable
  var pending: Variable?
}

/// Some slots of ragged rows: where each stands in its row, and its dropout's key.
struct T5Slots {
  /// Row r owns slots offsets[r] ..< offsets[r + 1].
  let offsets: [Int32]
  /// Each slot's place in its row.
  let places: [Int32]
  /// Each slot's key.
  let keys: [UInt32]
  /// The slots' indices among those of the whole rows; `nil` if they are all of them.
  let indices: [Int32]?

  /// All slots of rows given by their offsets.
  init(offsets: [Int32], keys: [UInt32]) {
    self.offsets = offsets
    self.keys = keys
    places = zip(offsets, offsets.dropFirst()).flatMap { begin, end in (0..<end - begin).map { $0 }
    }
    indices = nil
  }

  /// One slot after each row's `lengths[r]` earlier ones.
  init(after lengths: [Int32]) {
    offsets = (0...Int32(lengths.count)).map { $0 }
    places = lengths
    keys = []
    indices = nil
  }

  /// Some slots of these rows, row by row.
  func reading(_ indices: [Int32], offsets: [Int32]) -> T5Slots {
    T5Slots(of: self, indices, offsets)
  }

  private init(of whole: T5Slots, _ indices: [Int32], _ offsets: [Int32]) {
    self.offsets = offsets
    self.indices = indices
    places = indices.map { whole.places[Int($0)] }
    keys = whole.keys.isEmpty ? [] : indices.map { whole.keys[Int($0)] }
  }

  /// These rows of what was computed for whole rows.
  func rows(of x: Variable) -> Variable {
    indices.map { PrompterAutodiff.rows($0, of: x) } ?? x
  }
}

/// What all layers of one computation share.
struct T5Setting {
  let pass: Pass
  let dropout: Float
  let numbers: [UInt32]

  func dropped(_ x: Variable, _ slots: T5Slots) -> Variable {
    guard let dropout = pass.dropout(dropout) else { return x }
    return drop(x, by: dropout, rowKeys: slots.keys)
  }

  var attentionDropout: (dropout: Dropout, rowKeys: [UInt32])? {
    pass.dropout(dropout).map { ($0, numbers) }
  }
}

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
    _ stream: T5Stream, _ slots: T5Slots, prompt: DeepPrompt?, bias: BiasLines,
    cache: (rows: T5CacheRows, table: Tensor)? = nil, reading: T5Slots? = nil,
    _ setting: T5Setting
  ) -> T5Stream {
    let read = reading ?? slots
    let (sum, normalized) = normalized(stream, in: setting.pass)
    if let weights, cache == nil {
      let heard = attention(
        kernel(slots, KeyRanges(offsets: slots.offsets), setting), between: weights,
        of: normalized, prompt: prompt, bias: bias)
      return T5Stream(
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
    return T5Stream(
      sum: read.rows(of: sum),
      pending: setting.dropped(output(heard, in: setting.pass), read))
  }
}

extension T5SelfAttention {
  private func kernel(
    _ read: T5Slots, _ keys: KeyRanges, _ setting: T5Setting
  ) -> AttentionKernel {
    AttentionKernel(
      heads: heads, size: size, scale: 1, queryOffsets: read.offsets, keys: keys,
      queryPlaces: read.places, isCausal: isCausal, reordersLoneQueries: true,
      dropout: setting.attentionDropout)
  }

  // The stream's sum and its norm. The first layer's input may have been assembled of rows that are
  // copies of each other.
  private func normalized(
    _ stream: T5Stream, in pass: Pass
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
  let plain: Perceptron?  // of these two; nil: gated

  init(from loader: ParameterLoader, _ c: T5.Configuration) throws {
    norm = try loader["layer_norm"].rmsNorm(width: c.width, epsilon: c.epsilon)
    let perceptron = loader["DenseReluDense"]
    inner = try perceptron.joinedMap(
      c.isGated ? ["wi_0", "wi_1"] : ["wi"], outputs: c.innerWidth, inputs: c.width)
    outer = try perceptron.linearMap("wo", outputs: c.width, inputs: c.innerWidth)
    activation = c.activation
    plain = c.isGated ? nil : Perceptron(inner: inner, activation: activation, outer: outer)
  }

  var linearMaps: [LinearMap] { [inner, outer] }

  var parameters: [Parameter] { norm.parameters + inner.parameters + outer.parameters }

  func callAsFunction(
    _ stream: T5Stream, _ slots: T5Slots, _ setting: T5Setting
  ) -> T5Stream {
    let (pass, drops) = (setting.pass, setting.pass.dropout(setting.dropout) != nil)
    let (sum, normalized) = norm(stream.sum, adding: stream.pending, in: pass)
    let result =
      plain?(normalized, in: pass, between: drops ? { setting.dropped($0, slots) } : nil)
      ?? outer(
        setting.dropped(activateGated(inner(normalized, in: pass), by: activation), slots),
        in: pass)
    return T5Stream(sum: sum, pending: setting.dropped(result, slots))
  }
}
