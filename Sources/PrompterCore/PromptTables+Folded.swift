// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
public import PrompterTensor

extension PromptTables<Tensor> {
  /// Folded prompts side by side, in one set of tables: what serves a batch of mixed tasks.
  ///
  /// - Parameters:
  ///   - prompts: The prompts; batch rows name them by their index here.
  ///   - layerCount: The number of the backbone's layers.
  ///   - width: The backbone's width.
  ///   - attentionWidth: The width of keys and values, if it is another.
  public init(
    _ prompts: [FoldedPrompt], layerCount: Int, width: Int, attentionWidth: Int? = nil
  ) {
    let blockWidth = attentionWidth ?? width
    var layers: [Layer?] = []
    for layer in 0..<layerCount {
      let owners = prompts.map { $0.deep?.layers.contains(layer) == true ? $0.deep : nil }
      guard owners.contains(where: { $0 != nil }) else {
        layers.append(nil)
        continue
      }
      func block(_ index: Int) -> Tensor {
        let range = index * blockWidth..<(index + 1) * blockWidth
        let blocks = owners.compactMap { $0.map { columns(range, of: Variable($0.table)).value } }
        return Tensor(joiningRowsOf: blocks, columns: blockWidth)
      }
      layers.append(
        Layer(
          keys: block(2 * layer), values: block(2 * layer + 1),
          table: Table(lengths: owners.map { $0?.table.shape[0] ?? 0 })))
    }
    self.init(
      input: Self.input(prompts.map(\.input), width),
      decoderInput: Self.input(prompts.map(\.decoderInput), width),
      layers: layers, firstPositions: prompts.map { Int32($0.deepLength) })
  }

  /// Folded prompts side by side for a backbone.
  public init(_ prompts: [FoldedPrompt], for backbone: any Backbone) {
    self.init(
      prompts, layerCount: backbone.layerCount, width: backbone.width,
      attentionWidth: backbone.attentionWidth)
  }

  private static func input(_ vectors: [Tensor?], _ width: Int) -> Input? {
    let present = vectors.compactMap(\.self)
    guard !present.isEmpty else { return nil }
    return Input(
      vectors: Tensor(joiningRowsOf: present, columns: width),
      table: Table(lengths: vectors.map { $0?.shape[0] ?? 0 }))
  }
}
