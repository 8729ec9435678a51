// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
public import PrompterNN
public import PrompterTensor

/// Prompt tuning (Lester and others 2021): trained vectors before the input embeddings.
///
/// The backbone reads [P; X] where X are the word embeddings of the text and P [prompt length,
/// width] is all that is trained (section 2). Positions, segments and the embedding norm apply to P
/// as to words.
public struct PromptTuning: PromptMethod {
  /// P.
  public let vectors: Parameter

  /// The backbone's number of layers.
  public let layerCount: Int

  /// A prompt that starts from given vectors; ``PromptInitialization`` makes them.
  public init(_ vectors: Tensor, layerCount: Int) {
    self.vectors = Parameter("input", vectors, isTrained: true)
    self.layerCount = layerCount
  }

  /// P alone.
  public var parameters: [Parameter] { [vectors] }

  /// P as the input of one prompt.
  public func makeState(in pass: Pass) -> PromptState {
    var state = PromptState.none(layerCount: layerCount)
    state.input = PromptState.Input(
      vectors: pass(vectors), table: PromptState.Table(lengths: [vectors.value.shape[0]]))
    return state
  }

  /// P itself.
  public func folded() -> FoldedPrompt {
    FoldedPrompt(input: vectors.value.copy())
  }
}
