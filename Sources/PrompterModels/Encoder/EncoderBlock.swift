// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// A transformer block: attention, then a two-layer perceptron, each with a residual and a norm.
struct EncoderBlock: Sendable {
  let projections: Linear  // queries, keys and values side by side
  let parts: (queries: Linear, heard: Linear)?  // the same apart, in a frozen model's last block
  let attended: Linear
  let weights: (joined: AttentionWeights?, apart: AttentionWeights?)  // of these, if they round
  let attentionNorm: LayerNorm
  let inner: Linear
  let outer: Linear
  let perceptron: Perceptron  // of these two
  let norm: LayerNorm
  let heads: Int
  let scale: Float  // of scores
  let attentionDropout: Float

  init(
    from loader: ParameterLoader, _ c: EncoderDesign, isLast: Bool
  ) throws {
    let names = c.names
    heads = c.headCount
    scale = 1 / Float(c.width / c.headCount * c.termCount).squareRoot()
    attentionDropout = c.attentionDropout
    let own = loader[names.attention]
    projections = try own.joinedLinear(names.projections, outputs: c.width, inputs: c.width)
    parts =
      isLast && !loader.isTrained
      ? (
        try own[names.projections[0]].linear(outputs: c.width, inputs: c.width),
        try own.joinedLinear(
          Array(names.projections.dropFirst()), outputs: c.width, inputs: c.width)
      ) : nil
    attended = try loader[names.attended].linear(outputs: c.width, inputs: c.width)
    let output = attended.linearMap
    weights = (
      AttentionWeights(heard: projections, output: output),
      parts.flatMap {
        AttentionWeights(heard: $0.heard, queries: $0.queries, output: output)
      }
    )
    attentionNorm = try loader[names.attentionNorm].layerNorm(
      width: c.width, epsilon: c.epsilon)
    inner = try loader[names.inner].linear(outputs: c.innerWidth, inputs: c.width)
    outer = try loader[names.outer].linear(outputs: c.width, inputs: c.innerWidth)
    perceptron = Perceptron(inner: inner, activation: c.activation, outer: outer)
    norm = try loader[names.norm].layerNorm(width: c.width, epsilon: c.epsilon)
  }

  var linearMaps: [LinearMap] {
    [projections, parts?.queries, parts?.heard, attended, inner, outer].compactMap { $0?.linearMap }
  }

  var parameters: [Parameter] {
    projections.parameters + attended.parameters + attentionNorm.parameters + inner.parameters
      + outer.parameters + norm.parameters
  }

  func callAsFunction(
    _ x: Variable, _ batch: Batch, prompt: DeepPrompt?, terms: ScoreTerms, reading: Reading,
    _ dropout: Float, _ pass: Pass
  ) -> Variable {
    var (residual, keys, offsets) = (x, batch.slotKeys, batch.offsets)
    var slots: [Int32]?
    if case .slots(let read) = reading {
      // Whatever no head reads is not computed: no other queries are left.
      slots = read
      residual = rows(read, of: x)
      offsets = batch.offsets(of: read)
      keys = read.map { keys[Int($0)] }
    }
    let width = residual.value.columns
    let kernel = AttentionKernel(
      heads: heads, size: width / heads, scale: scale, queryOffsets: offsets,
      keys: KeyRanges(offsets: batch.offsets),
      queryPlaces: terms.needPlaces ? batch.places(of: slots) : nil,
      dropout: pass.dropout(dropout > 0 ? attentionDropout : 0).map { ($0, batch.numbers) })
    let heard = heard(kernel, x, reading: slots, of: residual, prompt: prompt, terms, pass)
    let middle = added(heard, attended.bias, to: residual, attentionNorm, dropout, keys, pass)
    return added(
      perceptron(middle, in: pass), outer.bias, to: middle, norm, dropout, keys, pass)
  }

  // What slots hear of each other, through the weight after it.
  private func heard(
    _ kernel: AttentionKernel, _ x: Variable, reading slots: [Int32]?, of own: Variable,
    prompt: DeepPrompt?, _ terms: ScoreTerms, _ pass: Pass
  ) -> Variable {
    let bias = terms.bias
    // Attention that meets positions is computed in single precision alone.
    if slots == nil, terms.positions == nil, let joined = weights.joined {
      return attention(kernel, between: joined, of: x, prompt: prompt, bias: bias)
    }
    if slots != nil, terms.positions == nil, let apart = weights.apart {
      return attention(kernel, between: apart, of: x, queriesOf: own, prompt: prompt, bias: bias)
    }
    let (queries, heardOf) = projected(x, reading: slots, of: own, pass)
    let heard = attention(
      kernel, queries: queries, keys: heardOf.keys, values: heardOf.values, prompt: prompt,
      bias: bias, positions: terms.positions)
    return attended.product(heard, in: pass)
  }

  // Keys and values of all slots; queries of all as well, or of those that are read, where x is
  // `own`.
  private func projected(
    _ x: Variable, reading slots: [Int32]?, of own: Variable, _ pass: Pass
  ) -> (queries: Projection, heard: KeysAndValues) {
    let width = x.value.columns
    if slots != nil, let parts {
      return (
        Projection(parts.queries(own, in: pass), column: 0),
        KeysAndValues(parts.heard(x, in: pass), from: 0, width: width)
      )
    }
    let all = x.mappingRows { projections($0, in: pass) }
    let queries = slots.map { rows($0, of: all) } ?? all
    return (Projection(queries, column: 0), KeysAndValues(all, from: width, width: width))
  }

  // norm(residual + dropout(x + bias)).
  private func added(
    _ x: Variable, _ bias: Parameter, to residual: Variable, _ norm: LayerNorm, _ dropout: Float,
    _ keys: [UInt32], _ pass: Pass
  ) -> Variable {
    guard pass.tape != nil, dropout > 0 else {
      return norm(x, bias: bias, residual: residual, in: pass)
    }
    let sum = addBias(x, pass(bias))
    return norm(dropped(sum, dropout, keys, pass), residual: residual, in: pass)
  }
}

/// What scores have besides products of contents.
struct ScoreTerms {
  var bias: BiasLines?
  var positions: PositionProjections?

  var needPlaces: Bool { bias != nil || positions != nil }
}

// x, in training with some of its values dropped.
func dropped(
  _ x: Variable, _ probability: Float, _ keys: [UInt32], _ pass: Pass
) -> Variable {
  guard let dropout = pass.dropout(probability) else { return x }
  return drop(x, by: dropout, rowKeys: keys)
}

extension Batch {
  // For each of some slots, or of all, its place in its row.
  fileprivate func places(of slots: [Int32]?) -> [Int32] {
    let all = zip(offsets, offsets.dropFirst()).flatMap { begin, end in (0..<end - begin).map { $0 }
    }
    return slots?.map { all[Int($0)] } ?? all
  }
}
