// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// A prompt in memory as attention reads it, ready to stand in any batch.
///
/// Keys and values are parts of one table, so a thousand prompts take the memory of their tables
/// and little else, and loading one touches no other. ``PromptTables`` for a batch are made of the
/// residents that its rows name.
public struct ResidentPrompt: Sendable {
  /// Vectors that stand beside the text [virtual tokens, width], if any.
  let input: Tensor?
  /// Vectors that stand before a decoder's input [virtual tokens, width], if any.
  let decoderInput: Tensor?
  /// Where the prompt's rows begin to count positions.
  let firstPosition: Int

  private let deep: Deep?

  private struct Deep {
    // [virtual tokens, layers × 2 × width]: of each layer the keys, then the values.
    let table: Tensor
    let layers: Range<Int>
    let stack: PromptStack
    let width: Int
    // The layer whose keys stand in column 0.
    let firstLayer: Int
  }

  /// A prompt that stays in memory.
  ///
  /// Keys and values of all layers are read where they are; those of a range of layers are copied
  /// out of their table, whose zeros need no memory then.
  ///
  /// - Parameters:
  ///   - prompt: What training left.
  ///   - attentionWidth: The width of the backbone's keys and values.
  /// - Complexity: O(1), or O(bytes) for a range of layers.
  public init(_ prompt: FoldedPrompt, attentionWidth: Int) {
    input = prompt.input
    decoderInput = prompt.decoderInput
    firstPosition = prompt.firstPosition
    deep = prompt.deep.map { Self.resident($0, width: attentionWidth) }
  }

  /// A prompt that stays in memory, for a backbone.
  public init(_ prompt: FoldedPrompt, for backbone: any Backbone) {
    self.init(prompt, attentionWidth: backbone.attentionWidth)
  }

  /// Whether there are no vectors at all, so that rows are what they are without a prompt.
  public var isEmpty: Bool { input == nil && decoderInput == nil && deep == nil }

  /// How many of a backbone's layers stand below the prompt; all of them below none.
  public func layersBelow(of layerCount: Int) -> Int {
    if input != nil { return 0 }
    return deep.flatMap { $0.stack == .encoder ? $0.layers.lowerBound : nil } ?? layerCount
  }

  /// The bytes of the prompt's vectors, keys and values.
  public var byteCount: Int {
    [input, decoderInput, deep?.table].reduce(0) {
      $0 + ($1?.shape.count ?? 0) * MemoryLayout<Float>.stride
    }
  }

  /// The keys and values of a layer, if the prompt has any there.
  func block(_ layer: Int, of stack: PromptStack) -> PromptTables<Tensor>.Block? {
    guard let deep, deep.stack == stack, deep.layers.contains(layer) else { return nil }
    let keys = (layer - deep.firstLayer) * 2 * deep.width
    return PromptTables<Tensor>.Block(
      keys: deep.table, values: deep.table, columns: (keys, keys + deep.width),
      length: deep.table.shape[0])
  }

  private static func resident(_ deep: FoldedPrompt.Deep, width: Int) -> Deep {
    let columns = deep.layers.count * 2 * width
    guard columns < deep.table.columns else {
      return Deep(
        table: deep.table, layers: deep.layers, stack: deep.stack, width: width, firstLayer: 0)
    }
    let length = deep.table.shape[0]
    // No product writes it, so it needs no room beyond its values.
    let own = Buffer(count: length * columns)
    Kernels.copyColumns(
      of: deep.table.buffer, xColumns: deep.table.columns,
      from: deep.layers.lowerBound * 2 * width, to: own, yColumns: columns, at: 0,
      columns: columns)
    return Deep(
      table: Tensor(reading: own, shape: [length, columns]), layers: deep.layers,
      stack: deep.stack, width: width, firstLayer: deep.layers.lowerBound)
  }
}
