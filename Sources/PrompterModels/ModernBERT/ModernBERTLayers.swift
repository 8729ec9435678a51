// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTensor

/// A linear map and its bias, if the model has one there.
struct ModernBERTMap: Sendable {
  let map: LinearMap
  let bias: Parameter?

  init(from loader: ParameterLoader, outputs: Int, inputs: Int, hasBias: Bool) throws {
    self.init(
      weight: try loader.parameter("weight", [outputs, inputs]),
      bias: hasBias ? try loader.parameter("bias", [outputs]) : nil, loader.precision)
  }

  private init(weight: Parameter, bias: Parameter?, _ precision: Precision) {
    map = LinearMap(weight: weight, precision: precision)
    self.bias = bias
  }

  var parameters: [Parameter] { map.parameters + (bias.map { [$0] } ?? []) }

  func callAsFunction(_ x: Variable, in pass: Pass) -> Variable {
    let y = map(x, in: pass)
    return bias.map { addBias(y, pass($0)) } ?? y
  }

  /// Some of a frozen map's outputs, of the same weight in memory.
  func outputs(_ range: Range<Int>, _ precision: Precision) -> ModernBERTMap {
    ModernBERTMap(
      weight: map.weight.frozenRows(range), bias: bias?.frozenRows(range), precision)
  }
}

extension Parameter {
  /// Some rows of a frozen matrix or column, in its memory.
  fileprivate func frozenRows(_ range: Range<Int>) -> Parameter {
    let columns = value.shape.count / value.shape[0]
    let rows = Buffer(
      range.lowerBound * columns..<range.upperBound * columns, of: value.buffer)
    let shape = Shape([range.count] + value.shape.extents.dropFirst())
    return Parameter(name, Tensor(reading: rows, shape: shape), isTrained: false)
  }
}

extension ParameterLoader {
  /// A norm of the model's width.
  func norm(_ c: ModernBERT.Configuration) throws -> LayerNorm {
    LayerNorm(
      gain: try parameter("weight", [c.width]),
      offset: c.biases.norms ? try parameter("bias", [c.width]) : nil, epsilon: c.epsilon)
  }
}

/// A block: attention, then a gated perceptron, each behind a norm and added to the stream.
struct ModernBERTBlock: Sendable {
  private let attention: ModernBERTAttention
  private let norm: LayerNorm
  private let inner: ModernBERTMap  // the activated half and the other, one below the other
  private let outer: ModernBERTMap
  private let perceptron: GatedPerceptron  // of these two

  init(from loader: ParameterLoader, _ c: ModernBERT.Configuration, index: Int) throws {
    attention = try ModernBERTAttention(from: loader, c, index: index)
    norm = try loader["mlp_norm"].norm(c)
    let hasBias = c.biases.perceptron
    inner = try ModernBERTMap(
      from: loader["mlp.Wi"], outputs: 2 * c.innerWidth, inputs: c.width, hasBias: hasBias)
    outer = try ModernBERTMap(
      from: loader["mlp.Wo"], outputs: c.width, inputs: c.innerWidth, hasBias: hasBias)
    perceptron = GatedPerceptron(
      inner: inner.map, bias: inner.bias, activation: c.activation, outer: outer.map)
  }

  var linearMaps: [LinearMap] { attention.linearMaps + perceptron.linearMaps }

  var parameters: [Parameter] {
    attention.parameters + norm.parameters + inner.parameters + outer.parameters
  }

  /// Adds what the slots hear, and what becomes of it, to their stream; of the slots only those of
  /// `read` go on.
  func callAsFunction(
    _ stream: LayerStream, _ slots: LayerSlots, reading read: LayerSlots, prompt: DeepPrompt?,
    rotation: RotationTable?, _ setting: LayerSetting
  ) -> LayerStream {
    let heard = attention(
      stream, slots, reading: read, prompt: prompt, rotation: rotation, setting)
    let (sum, normalized) = norm(heard.sum, adding: heard.pending, in: setting.pass)
    let drops = setting.pass.dropout(setting.dropout) != nil
    let y = perceptron(
      normalized, in: setting.pass, between: drops ? { setting.dropped($0, read) } : nil)
    return LayerStream(sum: sum, pending: outer.bias.map { addBias(y, setting.pass($0)) } ?? y)
  }
}

/// Attention of slots to each other, or to those near them, with rotary positions.
struct ModernBERTAttention: Sendable {
  private let norm: LayerNorm?  // none in the first layer
  private let projections: ModernBERTMap  // queries, keys and values side by side
  // The same apart, in a frozen model's last layer.
  private let parts: (queries: ModernBERTMap, heard: ModernBERTMap)?
  private let output: ModernBERTMap
  private let weights: (joined: AttentionWeights?, apart: AttentionWeights?)  // if they round
  private let kind: ModernBERT.LayerKind
  private let heads: Int
  private let size: Int
  private let dropout: Float

  init(from loader: ParameterLoader, _ c: ModernBERT.Configuration, index: Int) throws {
    norm = index == 0 ? nil : try loader["attn_norm"].norm(c)
    projections = try ModernBERTMap(
      from: loader["attn.Wqkv"], outputs: 3 * c.width, inputs: c.width,
      hasBias: c.biases.attention)
    output = try ModernBERTMap(
      from: loader["attn.Wo"], outputs: c.width, inputs: c.width, hasBias: c.biases.attention)
    let isApart = index == c.layerCount - 1 && !loader.isTrained
    parts =
      isApart
      ? (
        projections.outputs(0..<c.width, loader.precision),
        projections.outputs(c.width..<3 * c.width, loader.precision)
      ) : nil
    let output = output.map
    weights = (
      AttentionWeights(heard: (projections.map, projections.bias), output: output),
      parts.flatMap {
        AttentionWeights(
          heard: ($0.heard.map, $0.heard.bias), queries: ($0.queries.map, $0.queries.bias),
          output: output)
      }
    )
    kind = c.layers[index]
    heads = c.headCount
    size = c.headSize
    dropout = c.attentionDropout
  }

  var linearMaps: [LinearMap] {
    [projections, parts?.queries, parts?.heard, output].compactMap { $0?.map }
  }

  var parameters: [Parameter] {
    (norm?.parameters ?? []) + projections.parameters + output.parameters
  }

  func callAsFunction(
    _ stream: LayerStream, _ slots: LayerSlots, reading read: LayerSlots, prompt: DeepPrompt?,
    rotation: RotationTable?, _ setting: LayerSetting
  ) -> LayerStream {
    let (sum, x) = normalized(stream, in: setting.pass)
    let own = read.indices == nil ? nil : read.rows(of: x)
    let dropout = setting.pass.dropout(setting.dropout > 0 ? dropout : 0)
    let kernel = AttentionKernel(
      heads: heads, size: size, scale: 1 / Float(size).squareRoot(), queryOffsets: read.offsets,
      keys: KeyRanges(offsets: slots.offsets), queryPlaces: read.places, window: kind.window,
      dropout: dropout.map { ($0, setting.numbers) })
    let heard =
      rounded(kernel, x, own, prompt, rotation)
      ?? plain(kernel, x, own, slots, read, prompt, rotation, setting.pass)
    let y = output.bias.map { addBias(heard, setting.pass($0)) } ?? heard
    return LayerStream(sum: read.rows(of: sum), pending: dropped(y, read, setting))
  }

  // Through frozen weights that round their factors.
  private func rounded(
    _ kernel: AttentionKernel, _ x: Variable, _ own: Variable?, _ prompt: DeepPrompt?,
    _ rotation: RotationTable?
  ) -> Variable? {
    guard let weights = own == nil ? weights.joined : weights.apart else { return nil }
    return PrompterAutodiff.attention(
      kernel, between: weights, of: x, queriesOf: own, prompt: prompt, rotation: rotation)
  }

  private func plain(
    _ kernel: AttentionKernel, _ x: Variable, _ own: Variable?, _ slots: LayerSlots,
    _ read: LayerSlots, _ prompt: DeepPrompt?, _ rotation: RotationTable?, _ pass: Pass
  ) -> Variable {
    let width = heads * size
    func turned(_ x: Variable, heads: Int, _ slots: LayerSlots) -> Variable {
      rotation.map { rotate(x, heads: heads, by: Rotation($0, places: slots.places)) } ?? x
    }
    let queries: Variable
    let heard: KeysAndValues
    if let own, let parts {
      queries = turned(parts.queries(own, in: pass), heads: heads, read)
      heard = KeysAndValues(
        turned(parts.heard(x, in: pass), heads: heads, slots), from: 0, width: width)
    } else {
      let all = turned(
        x.mappingRows { projections($0, in: pass) }, heads: 2 * heads, slots)
      queries = read.rows(of: all)
      heard = KeysAndValues(all, from: width, width: width)
    }
    let result = PrompterAutodiff.attention(
      kernel, queries: Projection(queries, column: 0), keys: heard.keys, values: heard.values,
      prompt: prompt)
    return output.map(result, in: pass)
  }

  // The stream's sum and its norm. The first layer's input may have been assembled of rows that are
  // copies of each other.
  private func normalized(
    _ stream: LayerStream, in pass: Pass
  ) -> (sum: Variable, normalized: Variable) {
    guard let norm else { return (stream.sum, stream.sum) }
    guard let pending = stream.pending else {
      return (stream.sum, stream.sum.mappingRows { norm($0, in: pass) })
    }
    return norm(stream.sum, adding: pending, in: pass)
  }

  private func dropped(_ x: Variable, _ slots: LayerSlots, _ setting: LayerSetting) -> Variable {
    guard let dropout = setting.pass.dropout(setting.dropout > 0 ? dropout : 0) else { return x }
    return drop(x, by: dropout, rowKeys: slots.keys)
  }
}
