// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
public import PrompterCore
public import PrompterNN
internal import PrompterTensor

/// P-Tuning v2 (Liu and others 2021): independent keys and values before each layer's own.
///
/// In every prompted layer, attention sees [Kₚ; K] and [Vₚ; V], with Kₚ and Vₚ trained directly or
/// made by a perceptron (section 3.3, "Reparameterization"). The trained table is
/// [prompt length, layers × 2 × width], block 2 l the key of layer l and block 2 l + 1 its value,
/// as Hugging Face PEFT lays it out.
public struct PTuningV2: PromptMethod {
  /// How the table is made while training.
  public enum Reparameterization: Sendable, Equatable {
    /// It is trained itself.
    case none
    /// An embedding [prompt length, width] through width → hidden → tanh → layers × 2 × width.
    case mlp(hidden: Int)
  }

  /// The backbone's shape, all that a method needs to know of it.
  public struct Size: Sendable, Equatable {
    /// The number of layers.
    public let layerCount: Int
    /// The width of hidden states.
    public let width: Int
    /// The width of keys and values.
    public let attentionWidth: Int
    /// The stack that the layers belong to.
    public let stack: PromptStack

    /// A backbone, or its decoder, of `layerCount` layers of `width`, whose keys and
    /// values may have another.
    public init(
      layerCount: Int, width: Int, attentionWidth: Int? = nil, stack: PromptStack = .encoder
    ) {
      self.stack = stack
      self.layerCount = layerCount
      self.width = width
      self.attentionWidth = attentionWidth ?? width
    }
  }

  /// The backbone's shape.
  public let size: Size

  /// The layers that have a prompt, counted from 0.
  public let layers: Range<Int>

  /// The share of keys and values dropped in training, per row of a batch.
  public let dropout: Float

  /// Whether an encoder's texts begin at the position after as many as there are
  /// virtual tokens; else at 0.
  public let shiftsPositions: Bool

  private let source: Source

  private enum Source: Sendable {
    case table(Parameter)
    case mlp(embedding: Parameter, first: Linear, second: Linear)
  }

  /// A fresh prompt.
  ///
  /// Tables start from N(0, 0.02²), as the authors' code does in effect; the perceptron's weights
  /// too, its embedding from N(0, 1) and its biases from 0.
  ///
  /// - Parameters:
  ///   - promptLength: The virtual tokens in each prompted layer.
  ///   - layers: The prompted layers, counted from 0; all of them by default.
  ///   - size: The backbone's shape.
  ///   - reparameterization: How the table is made while training.
  ///   - dropout: The share of keys and values dropped in training.
  ///   - shiftsPositions: Whether an encoder's texts begin at the position after the virtual
  ///     tokens.
  ///   - seed: The seed of the starting values.
  public init(
    promptLength: Int, layers: Range<Int>? = nil, size: Size,
    reparameterization: Reparameterization = .none, dropout: Float = 0.1,
    shiftsPositions: Bool = true, seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed, purpose: "prompt")
    let layers = layers ?? 0..<size.layerCount
    let columns = layers.count * 2 * size.attentionWidth
    func normal(_ name: String, _ shape: Shape, _ deviation: Double = 0.02) -> Parameter {
      let value = Tensor(normal: shape, deviation: deviation, using: &generator)
      return Parameter(name, value, isTrained: true)
    }
    switch reparameterization {
    case .none:
      source = .table(normal("prompt", [promptLength, columns]))
    case .mlp(let hidden):
      source = .mlp(
        embedding: normal("embedding", [promptLength, size.width], 1),
        first: Linear(
          weight: normal("mlp.0.weight", [hidden, size.width]),
          bias: Parameter("mlp.0.bias", Tensor(zeros: [hidden]), isTrained: true)),
        second: Linear(
          weight: normal("mlp.2.weight", [columns, hidden]),
          bias: Parameter("mlp.2.bias", Tensor(zeros: [columns]), isTrained: true)))
    }
    self.layers = layers
    self.size = size
    self.dropout = dropout
    self.shiftsPositions = shiftsPositions
  }

  /// A prompt that goes on from a trained one's table.
  ///
  /// - Parameters:
  ///   - deep: The table over all layers, the prompted range, and whether it shifts positions.
  ///   - size: The backbone's shape.
  ///   - dropout: The share of keys and values dropped in training.
  public init(_ deep: FoldedPrompt.Deep, size: Size, dropout: Float = 0.1) {
    let block = 2 * size.attentionWidth
    let prompted = deep.layers.lowerBound * block..<deep.layers.upperBound * block
    let table = columns(prompted, of: Variable(deep.table)).value
    source = .table(Parameter("prompt", table, isTrained: true))
    layers = deep.layers
    shiftsPositions = deep.shiftsPositions
    self.size = size
    self.dropout = dropout
  }

  /// The table, or the perceptron and its embedding.
  public var parameters: [Parameter] {
    switch source {
    case .table(let table): [table]
    case .mlp(let embedding, let first, let second):
      [embedding] + first.parameters + second.parameters
    }
  }

  /// Keys and values of the prompted layers, cut from the table.
  public func makeState(in pass: Pass) -> PromptState {
    let table = table(in: pass)
    let length = table.value.rows
    var prompted = [PromptState.Layer?](repeating: nil, count: size.layerCount)
    for (index, layer) in layers.enumerated() {
      let first = 2 * index * size.attentionWidth
      let middle = first + size.attentionWidth
      prompted[layer] = PromptState.Layer(blocks: [
        PromptState.Block(
          keys: columns(first..<middle, of: table),
          values: columns(middle..<middle + size.attentionWidth, of: table), length: length)
      ])
    }
    let readsFirst = size.stack == .encoder
    return PromptState(
      input: nil, layers: readsFirst ? prompted : [], decoderLayers: readsFirst ? [] : prompted,
      firstPositions: [readsFirst && shiftsPositions ? Int32(length) : 0], dropout: dropout)
  }

  /// The table over all layers, zeros where there is no prompt.
  public func folded() -> FoldedPrompt {
    let table = table(in: .inference()).value
    let block = 2 * size.attentionWidth
    let whole = table.placed(
      at: layers.lowerBound * block, ofColumns: size.layerCount * block)
    return FoldedPrompt(
      deep: FoldedPrompt.Deep(
        table: whole, layers: layers, stack: size.stack, shiftsPositions: shiftsPositions))
  }

  // [prompt length, prompted layers × 2 × attention width].
  private func table(in pass: Pass) -> Variable {
    switch source {
    case .table(let table): pass(table)
    case .mlp(let embedding, let first, let second):
      second(tanh(first(pass(embedding), in: pass)), in: pass)
    }
  }
}
