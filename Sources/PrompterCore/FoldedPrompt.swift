// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

/// What training leaves of a prompt: vectors, with every reparameterization folded away.
///
/// This is the form that is saved, loaded and served; ``PromptState`` is the form that a backbone
/// consumes.
public struct FoldedPrompt: Sendable {
  /// Keys and values for a range of layers.
  public struct Deep: Sendable {
    /// [prompt length, layers × 2 × attention width] over *all* layers of the stack: block 2 l is
    /// the key of layer l, block 2 l + 1 its value; blocks of layers without a prompt are zeros.
    public let table: Tensor
    /// The layers that have a prompt, counted from 0.
    public let layers: Range<Int>
    /// The stack that the layers belong to.
    public let stack: PromptStack
    /// Whether virtual tokens in an encoder's layers push the text's first position back by their
    /// number; else the text counts from 0.
    public let shiftsPositions: Bool

    /// A table over all layers, of which only a range is used.
    public init(
      table: Tensor, layers: Range<Int>, stack: PromptStack = .encoder,
      shiftsPositions: Bool = true
    ) {
      self.table = table
      self.layers = layers
      self.stack = stack
      self.shiftsPositions = shiftsPositions
    }
  }

  /// Vectors that stand beside the text, [prompt length, width], if any.
  public var input: Tensor?

  /// Where they stand.
  public var placement: PromptPlacement

  /// Vectors that stand before a decoder's input, [prompt length, width], if any.
  public var decoderInput: Tensor?

  /// Keys and values in the layers, if any.
  public var deep: Deep?

  /// A prompt of any kind, several, or none.
  public init(
    input: Tensor? = nil, placement: PromptPlacement = .beforeText, decoderInput: Tensor? = nil,
    deep: Deep? = nil
  ) {
    self.input = input
    self.placement = placement
    self.decoderInput = decoderInput
    self.deep = deep
  }

  /// The number of virtual tokens beside the text.
  public var inputLength: Int { input?.shape[0] ?? 0 }

  /// The number of virtual tokens before a decoder's input.
  public var decoderInputLength: Int { decoderInput?.shape[0] ?? 0 }

  /// The number of virtual tokens in each prompted layer.
  public var deepLength: Int { deep?.table.shape[0] ?? 0 }

  /// The positions of the backbone, or of its encoder, that the prompt takes from the text.
  ///
  /// Virtual tokens at the input stand at positions of their own; those in the layers push the
  /// text's first position back by their number (Liu and others 2021, as PEFT has it too), unless
  /// the text counts from 0.
  public var occupiedPositions: Int { inputLength + firstPosition }

  /// The position of a row's first slot: virtual tokens in a decoder's layers push back nothing
  /// here.
  var firstPosition: Int {
    deep?.stack == .encoder && deep?.shiftsPositions == true ? deepLength : 0
  }
}
