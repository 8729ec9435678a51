// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff

/// Several prompts at once, as tables of vectors: variables while a step runs, else plain tensors.
///
/// Prompts of different lengths, layer ranges and methods share one batch; each batch row takes the
/// prompt that it names. Keys and values stay in each prompt's own tables; vectors that stand where
/// words stand share one.
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

  /// One prompt's keys and values of one layer, already projected, where they lie.
  public struct Block {
    /// A matrix with a row for each virtual token and the keys in some of its columns.
    public var keys: Value
    /// One with the values, as many to a row; it may be the same.
    public var values: Value
    /// The columns at which the keys, and the values, begin.
    public let columns: (keys: Int, values: Int)
    /// The number of virtual tokens.
    public let length: Int

    /// Keys and values of `length` virtual tokens, by default matrices that hold nothing else.
    public init(
      keys: Value, values: Value, columns: (keys: Int, values: Int) = (0, 0), length: Int
    ) {
      self.keys = keys
      self.values = values
      self.columns = columns
      self.length = length
    }
  }

  /// Keys and values of one layer.
  public struct Layer {
    /// For each prompt a block, `nil` for one that has none here.
    public var blocks: [Block?]

    /// A block, or none, for each prompt.
    public init(blocks: [Block?]) {
      self.blocks = blocks
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
  /// The tables, in a fixed order: of the layers, block after block, keys before values.
  public var tables: [Value] {
    [input, decoderInput].compactMap { $0?.vectors }
      + (layers + decoderLayers).flatMap { layer in
        (layer?.blocks ?? []).compactMap(\.self).flatMap { [$0.keys, $0.values] }
      }
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
        layer.map { layer in
          PromptTables<Other>.Layer(
            blocks: layer.blocks.map { block in
              block.map {
                PromptTables<Other>.Block(
                  keys: transform($0.keys), values: transform($0.values), columns: $0.columns,
                  length: $0.length)
              }
            })
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
extension PromptTables.Block: Sendable where Value: Sendable {}
extension PromptTables.Layer: Sendable where Value: Sendable {}

/// The one seam between methods and backbones: a method makes it, a backbone consumes it.
///
/// Its tables are variables of one tape, or constants, so it never leaves its thread;
/// ``PromptTables/map(_:)`` carries it over.
public typealias PromptState = PromptTables<Variable>
