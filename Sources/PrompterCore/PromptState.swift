// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
internal import PrompterNN
internal import PrompterTensor

/// The one seam between methods and backbones: several prompts at once, ready to be consumed.
///
/// A method makes a state; a backbone reads it, each batch row taking the prompt that it names.
/// Prompts of different lengths, layer ranges and methods share one state and so one batch.
public struct PromptState {
  /// A table of vectors, the prompts' rows one after another.
  public struct Table {
    /// Prompt p owns rows offsets[p] ..< offsets[p + 1].
    public let offsets: [Int32]

    /// A table whose prompts have these lengths.
    public init(lengths: [Int]) {
      offsets = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1)) }
    }
  }

  /// Vectors that stand where words stand.
  public struct Input {
    /// [virtual tokens of all prompts, width].
    public var vectors: Variable
    /// Whose rows are whose.
    public var table: Table

    /// Vectors and whose they are.
    public init(vectors: Variable, table: Table) {
      self.vectors = vectors
      self.table = table
    }
  }

  /// Keys and values of one layer.
  public struct Layer {
    /// [virtual tokens of all prompts, width], already projected.
    public var keys: Variable
    /// [virtual tokens of all prompts, width], already projected.
    public var values: Variable
    /// Whose rows are whose.
    public var table: Table

    /// Keys and values and whose they are.
    public init(keys: Variable, values: Variable, table: Table) {
      self.keys = keys
      self.values = values
      self.table = table
    }
  }

  /// Vectors before the input embeddings, if any prompt has them.
  public var input: Input?

  /// For each layer of the backbone, keys and values, if any prompt has them there.
  public var layers: [Layer?]

  /// Where each prompt's rows begin to count positions.
  public var firstPositions: [Int32]

  /// The probability with which values of keys and values are dropped in training.
  public var dropout: Float = 0

  /// A state for as many prompts as there are first positions.
  public init(input: Input?, layers: [Layer?], firstPositions: [Int32], dropout: Float = 0) {
    self.input = input
    self.layers = layers
    self.firstPositions = firstPositions
    self.dropout = dropout
  }

  /// No prompt at all, for a backbone of `layerCount` layers.
  public static func none(layerCount: Int) -> PromptState {
    PromptState(
      input: nil, layers: [Layer?](repeating: nil, count: layerCount), firstPositions: [0])
  }

  /// The number of prompts.
  public var count: Int { firstPositions.count }
}

extension PromptState {
  /// Folded prompts side by side, as constants: what serves a batch of mixed tasks.
  ///
  /// - Parameters:
  ///   - prompts: The prompts; batch rows name them by their index here.
  ///   - layerCount: The number of the backbone's layers.
  ///   - width: The backbone's width.
  public init(_ prompts: [FoldedPrompt], layerCount: Int, width: Int) {
    let inputs = prompts.compactMap(\.input)
    var layers: [Layer?] = []
    for layer in 0..<layerCount {
      let owners = prompts.map { $0.deep?.layers.contains(layer) == true ? $0.deep : nil }
      guard owners.contains(where: { $0 != nil }) else {
        layers.append(nil)
        continue
      }
      func block(_ index: Int) -> Variable {
        Variable(
          Tensor(
            joiningRowsOf: owners.compactMap { owner in
              owner.map {
                columns(index * width..<(index + 1) * width, of: Variable($0.table)).value
              }
            }, columns: width))
      }
      layers.append(
        Layer(
          keys: block(2 * layer), values: block(2 * layer + 1),
          table: Table(lengths: owners.map { $0?.table.shape[0] ?? 0 })))
    }
    self.init(
      input: inputs.isEmpty
        ? nil
        : Input(
          vectors: Variable(Tensor(joiningRowsOf: inputs, columns: width)),
          table: Table(lengths: prompts.map(\.inputLength))),
      layers: layers, firstPositions: prompts.map { Int32($0.deepLength) })
  }
}

extension PromptState {
  /// The tensors' variables, in a fixed order.
  public var variables: [Variable] {
    (input.map { [$0.vectors] } ?? []) + layers.flatMap { $0.map { [$0.keys, $0.values] } ?? [] }
  }

  /// The same state with each variable replaced, in the order of ``variables``.
  public func mapVariables(_ transform: (Variable) -> Variable) -> PromptState {
    var result = self
    if let input { result.input?.vectors = transform(input.vectors) }
    for (index, layer) in layers.enumerated() {
      guard let layer else { continue }
      result.layers[index] = Layer(
        keys: transform(layer.keys), values: transform(layer.values), table: layer.table)
    }
    return result
  }
}
