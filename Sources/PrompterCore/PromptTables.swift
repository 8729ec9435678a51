// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff

/// Several prompts at once, as tables of vectors: variables while a step runs, else plain tensors.
///
/// Prompts of different lengths, layer ranges and methods share one set of tables, and so one
/// batch; each batch row takes the prompt that it names.
public struct PromptTables<Value> {
  /// Whose rows of a table are whose: the prompts' rows stand one after another.
  public struct Table: Sendable {
    /// Prompt p owns rows offsets[p] ..< offsets[p + 1].
    public let offsets: [Int32]

    init(offsets: [Int32]) {
      self.offsets = offsets
    }

    /// A table whose prompts have these lengths.
    public init(lengths: [Int]) {
      offsets = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1)) }
    }
  }

  /// Vectors that stand where words stand.
  public struct Input {
    /// [virtual tokens of all prompts, width].
    public var vectors: Value
    /// Whose rows are whose.
    public var table: Table

    /// Vectors and whose they are.
    public init(vectors: Value, table: Table) {
      self.vectors = vectors
      self.table = table
    }
  }

  /// Keys and values of one layer.
  public struct Layer {
    /// [virtual tokens of all prompts, attention width], already projected.
    public var keys: Value
    /// [virtual tokens of all prompts, attention width], already projected.
    public var values: Value
    /// Whose rows are whose.
    public var table: Table

    /// Keys and values and whose they are.
    public init(keys: Value, values: Value, table: Table) {
      self.keys = keys
      self.values = values
      self.table = table
    }
  }

  /// Vectors before the input embeddings, if any prompt has them.
  public var input: Input?

  /// Vectors before the embeddings of a decoder's input, if any prompt has them.
  public var decoderInput: Input?

  /// For each layer of the backbone, or of its encoder, keys and values, if any prompt has them
  /// there; layers beyond the last have none.
  public var layers: [Layer?]

  /// The same for the layers of a decoder.
  public var decoderLayers: [Layer?]

  /// Where each prompt's rows begin to count positions.
  public var firstPositions: [Int32]

  /// The probability with which values of keys and values are dropped in training.
  public var dropout: Float = 0

  /// A state for as many prompts as there are first positions.
  public init(
    input: Input?, decoderInput: Input? = nil, layers: [Layer?], decoderLayers: [Layer?] = [],
    firstPositions: [Int32], dropout: Float = 0
  ) {
    self.input = input
    self.decoderInput = decoderInput
    self.layers = layers
    self.decoderLayers = decoderLayers
    self.firstPositions = firstPositions
    self.dropout = dropout
  }

  /// No prompt at all, for a backbone of `layerCount` layers.
  public static func none(layerCount: Int) -> Self {
    Self(
      input: nil, layers: [Layer?](repeating: nil, count: layerCount), firstPositions: [0])
  }

  /// The number of prompts.
  public var count: Int { firstPositions.count }
}

extension PromptTables {
  /// The tables, in a fixed order.
  public var tables: [Value] {
    [input, decoderInput].compactMap { $0?.vectors }
      + (layers + decoderLayers).flatMap { $0.map { [$0.keys, $0.values] } ?? [] }
  }

  /// The same prompts with each table replaced, in the order of ``tables``.
  public func map<Other>(_ transform: (Value) -> Other) -> PromptTables<Other> {
    func mapped(_ input: Input?) -> PromptTables<Other>.Input? {
      input.map {
        PromptTables<Other>.Input(
          vectors: transform($0.vectors),
          table: PromptTables<Other>.Table(offsets: $0.table.offsets))
      }
    }
    func mapped(_ layers: [Layer?]) -> [PromptTables<Other>.Layer?] {
      layers.map { layer in
        layer.map {
          PromptTables<Other>.Layer(
            keys: transform($0.keys), values: transform($0.values),
            table: PromptTables<Other>.Table(offsets: $0.table.offsets))
        }
      }
    }
    return PromptTables<Other>(
      input: mapped(input), decoderInput: mapped(decoderInput), layers: mapped(layers),
      decoderLayers: mapped(decoderLayers), firstPositions: firstPositions, dropout: dropout)
  }
}

extension PromptTables: Sendable where Value: Sendable {}
extension PromptTables.Input: Sendable where Value: Sendable {}
extension PromptTables.Layer: Sendable where Value: Sendable {}

/// The one seam between methods and backbones: a method makes it, a backbone consumes it.
///
/// Its tables are variables of one tape, or constants, so it never leaves its thread;
/// ``PromptTables/map(_:)`` carries it over.
public typealias PromptState = PromptTables<Variable>
