// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
public import PrompterMethods
internal import PrompterTensor

/// Which method to train with, and its options.
public enum MethodChoice: Sendable {
  /// P-Tuning v2: keys and values in a range of layers, counted from 0; all layers by default. In a
  /// decoder they are what Hugging Face PEFT's prefix tuning trains.
  case pTuningV2(
    promptLength: Int = 20, layers: Range<Int>? = nil,
    reparameterization: PTuningV2.Reparameterization = .none, dropout: Float = 0.1,
    start: FoldedPrompt? = nil, stack: PromptStack = .encoder)
  /// Prompt tuning: vectors beside the text, and before what a decoder writes if it shall have some.
  case promptTuning(
    promptLength: Int = 20, initialization: PromptInitialization,
    placement: PromptPlacement = .beforeText, decoderLength: Int = 0)
  /// A head on the frozen backbone, nothing else; see also ``TrainingPlan/Duration/converged``.
  case headOnly
  /// All weights of the backbone, and a head.
  case fineTuning

  /// The method's name, without options.
  public var name: MethodName {
    switch self {
    case .pTuningV2: .pTuningV2
    case .promptTuning: .promptTuning
    case .headOnly: .headOnly
    case .fineTuning: .fineTuning
    }
  }
}

/// The methods' names, as the command line and files spell them.
public enum MethodName: String, Codable, Sendable, CaseIterable {
  /// Keys and values in the layers.
  case pTuningV2 = "p-tuning-v2"
  /// Vectors before the text.
  case promptTuning = "prompt-tuning"
  /// A head alone.
  case headOnly = "head-only"
  /// All weights.
  case fineTuning = "fine-tuning"
}

extension MethodChoice {
  /// The method with fresh parameters for a backbone.
  func make(for backbone: any Backbone, seed: UInt64) -> any PromptMethod {
    switch self {
    case .pTuningV2(
      let length, let layers, let reparameterization, let dropout, let start, let stack):
      let size = PTuningV2.Size(
        layerCount: backbone.layerCount(of: stack), width: backbone.width,
        attentionWidth: backbone.attentionWidth, stack: stack)
      if let deep = start?.deep { return PTuningV2(deep, size: size, dropout: dropout) }
      return PTuningV2(
        promptLength: length, layers: layers, size: size, reparameterization: reparameterization,
        dropout: dropout, seed: seed)
    case .promptTuning(let length, let initialization, let placement, let decoderLength):
      // One draw for both, so that the two prompts do not start alike.
      let vectors = initialization.vectors(
        length: length + decoderLength, width: backbone.width, seed: seed,
        embeddings: backbone.wordEmbeddings)
      return PromptTuning(
        vectors.rows(0..<length), placement: placement,
        decoderVectors: decoderLength > 0 ? vectors.rows(length..<length + decoderLength) : nil,
        layerCount: backbone.layerCount)
    case .headOnly, .fineTuning:
      return NoPrompt(layerCount: backbone.layerCount)
    }
  }

  /// The positions that the method takes from the text.
  public var occupiedPositions: Int {
    switch self {
    case .pTuningV2(let length, _, _, _, let start, let stack):
      stack == .encoder ? start?.deepLength ?? length : 0
    case .promptTuning(let length, _, _, _): length
    case .headOnly, .fineTuning: 0
    }
  }
}
