// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
public import PrompterNN
public import PrompterTensor

/// Prompt tuning (Lester and others 2021): trained vectors before the input embeddings.
///
/// The backbone reads [P; X] where X are the word embeddings of the text and P [prompt length,
/// width] is all that is trained (section 2), or [X; P], as the authors' code can have it.
/// Positions, segments and the embedding norm apply to P as to words. An encoder-decoder may have
/// vectors before the decoder's input besides.
public struct PromptTuning: PromptMethod {
  /// P.
  public let vectors: Parameter

  /// Where P stands.
  public let placement: PromptPlacement

  /// The vectors before the decoder's input, if any.
  public let decoderVectors: Parameter?

  /// The backbone's number of layers.
  public let layerCount: Int

  /// A prompt that starts from given vectors; ``PromptInitialization`` makes them.
  ///
  /// - Parameters:
  ///   - vectors: P, [prompt length, embedding width].
  ///   - placement: Where P stands; before the text, as the paper has it, by default.
  ///   - decoderVectors: The same for the decoder's input, if it has a prompt of its own.
  ///   - layerCount: The backbone's number of layers.
  public init(
    _ vectors: Tensor, placement: PromptPlacement = .beforeText, decoderVectors: Tensor? = nil,
    layerCount: Int
  ) {
    self.placement = placement
    self.vectors = Parameter("input", vectors, isTrained: true)
    self.decoderVectors = decoderVectors.map {
      Parameter("decoder_input", $0, isTrained: true)
    }
    self.layerCount = layerCount
  }

  /// P, and the decoder's vectors if there are any.
  public var parameters: [Parameter] { [vectors] + (decoderVectors.map { [$0] } ?? []) }

  /// P as the input of one prompt.
  public func makeState(in pass: Pass) -> PromptState {
    var state = PromptState.none(layerCount: layerCount)
    func input(_ vectors: Parameter) -> PromptState.Input {
      PromptState.Input(
        vectors: pass(vectors), table: PromptState.Table(lengths: [vectors.value.shape[0]]))
    }
    state.input = input(vectors)
    state.decoderInput = decoderVectors.map(input)
    return state
  }

  /// The vectors themselves.
  public func folded() -> FoldedPrompt {
    FoldedPrompt(
      input: vectors.value.copy(), placement: placement,
      decoderInput: decoderVectors?.value.copy())
  }
}
