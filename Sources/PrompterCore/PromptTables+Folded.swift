// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
public import PrompterTensor

extension PromptTables<Tensor> {
  /// Folded prompts side by side, in one set of tables: what serves a batch of mixed tasks.
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

  /// Folded prompts side by side for a backbone.
  public init(_ prompts: [FoldedPrompt], for backbone: any Backbone) {
    self.init(
      prompts, layerCount: backbone.layerCount,
      decoderLayerCount: backbone.layerCount(of: .decoder),
      width: backbone.width, attentionWidth: backbone.attentionWidth)
  }

  // The keys and values that some prompts have in a layer, if any has.
  private static func layer(
    _ layer: Int, of prompts: [FoldedPrompt.Deep?], width: Int
  ) -> Layer? {
    let owners = prompts.map { $0?.layers.contains(layer) == true ? $0 : nil }
    guard owners.contains(where: { $0 != nil }) else { return nil }
    func block(_ index: Int) -> Tensor {
      let range = index * width..<(index + 1) * width
      let blocks = owners.compactMap { $0.map { columns(range, of: Variable($0.table)).value } }
      return Tensor(joiningRowsOf: blocks, columns: width)
    }
    return Layer(
      keys: block(2 * layer), values: block(2 * layer + 1),
      table: Table(lengths: owners.map { $0?.table.shape[0] ?? 0 }))
  }

  private static func input(_ vectors: [Tensor?], _ width: Int) -> Input? {
    let present = vectors.compactMap(\.self)
    guard !present.isEmpty else { return nil }
    return Input(
      vectors: Tensor(joiningRowsOf: present, columns: width),
      table: Table(lengths: vectors.map { $0?.shape[0] ?? 0 }))
  }
}
