// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

extension PromptTables<Tensor> {
  /// Folded prompts in one set of tables: what serves a batch of mixed tasks.
  ///
  /// - Parameters:
  ///   - prompts: The prompts; batch rows name them by their index here.
  ///   - layerCount: The number of the backbone's layers.
  ///   - decoderLayerCount: The number of its decoder's layers, if it has one.
  ///   - width: The backbone's width.
  ///   - attentionWidth: The width of keys and values, if it is another.
  public init(
    _ prompts: [FoldedPrompt], layerCount: Int, decoderLayerCount: Int = 0, width: Int,
    attentionWidth: Int? = nil
  ) {
    func layers(_ stack: PromptStack, _ count: Int) -> [Layer?] {
      let own = prompts.map { $0.deep?.stack == stack ? $0.deep : nil }
      return (0..<count).map { Self.layer($0, of: own, width: attentionWidth ?? width) }
    }
    self.init(
      input: Self.input(prompts.map(\.input), width),
      decoderInput: Self.input(prompts.map(\.decoderInput), width),
      layers: layers(.encoder, layerCount), decoderLayers: layers(.decoder, decoderLayerCount),
      firstPositions: prompts.map { Int32($0.firstPosition) })
  }

  /// Folded prompts in one set of tables for a backbone.
  public init(_ prompts: [FoldedPrompt], for backbone: any Backbone) {
    self.init(
      prompts, layerCount: backbone.layerCount,
      decoderLayerCount: backbone.layerCount(of: .decoder),
      width: backbone.width, attentionWidth: backbone.attentionWidth)
  }

  // The keys and values that some prompts have in a layer, if any has, where they lie.
  private static func layer(
    _ layer: Int, of prompts: [FoldedPrompt.Deep?], width: Int
  ) -> Layer? {
    let blocks = prompts.map { deep -> Block? in
      guard let deep, deep.layers.contains(layer) else { return nil }
      return Block(
        keys: deep.table, values: deep.table,
        columns: (2 * layer * width, (2 * layer + 1) * width), length: deep.table.shape[0])
    }
    return blocks.contains { $0 != nil } ? Layer(blocks: blocks) : nil
  }

  private static func input(_ vectors: [Tensor?], _ width: Int) -> Input? {
    let present = vectors.compactMap(\.self)
    guard !present.isEmpty else { return nil }
    return Input(
      vectors: Tensor(joiningRowsOf: present, columns: width),
      table: Table(lengths: vectors.map { $0?.shape[0] ?? 0 }))
  }
}
