// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
public import PrompterNN

/// No prompt: what head-only training and full fine-tuning, the baselines, have in common.
///
/// Head-only trains the head on a frozen backbone; fine-tuning trains the backbone too, whose
/// parameters are the backbone's own.
public struct NoPrompt: PromptMethod {
  /// The backbone's number of layers.
  public let layerCount: Int

  /// No prompt for a backbone of `layerCount` layers.
  public init(layerCount: Int) {
    self.layerCount = layerCount
  }

  /// None.
  public var parameters: [Parameter] { [] }

  /// A state without vectors.
  public func makeState(in pass: Pass) -> PromptState { .none(layerCount: layerCount) }

  /// Nothing.
  public func folded() -> FoldedPrompt { FoldedPrompt() }
}
