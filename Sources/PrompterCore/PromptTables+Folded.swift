// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

extension PromptTables<Tensor> {
  /// Folded prompts in one set of tables: what serves a batch of mixed tasks, once.
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
    self.init(
      prompts.map { ResidentPrompt($0, attentionWidth: attentionWidth ?? width) },
      layerCount: layerCount, decoderLayerCount: decoderLayerCount, width: width)
  }

  /// Folded prompts in one set of tables for a backbone.
  public init(_ prompts: [FoldedPrompt], for backbone: any Backbone) {
    self.init(prompts.map { ResidentPrompt($0, for: backbone) }, for: backbone)
  }
}
