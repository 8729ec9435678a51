// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterModels
internal import PrompterTasks

extension Prompt {
  /// Why Hugging Face PEFT would compute something else with this prompt, in one sentence; `nil` if
  /// it computes the same.
  ///
  /// Prompts without an obstacle are written as PEFT's adapters.
  public var peftObstacle: String? { card.peftObstacle }

  /// Whether this is an adapter of PEFT's own whose head reads another slot there: a virtual token
  /// in place of [CLS].
  public var isReadOtherwiseByPEFT: Bool {
    card.plan == nil && card.form == .input && card.pooling == .pooler
  }
}

extension PromptCard {
  /// Why PEFT would compute something else; see ``Prompt/peftObstacle``.
  var peftObstacle: String? {
    if !task.hasHead { return textObstacle }
    if task.verbalizer != nil { return "PEFT has no adapter that asks for the words of labels." }
    guard task.isSequenceClassification else {
      return "PEFT's classifiers choose a label for a text, those of \(task.kind.rawValue) do not."
    }
    if hasBackboneWeights { return Self.weightObstacle }
    if decoderPromptLength != nil { return Self.decoderObstacle }
    return switch form {
    case .none: "PEFT has no adapter that is a head alone."
    case .input where (placement ?? .beforeText) != .beforeText:
      "PEFT puts every prompt before the text."
    case .input where pooling == .firstSlot: backboneObstacle
    case .input: "PEFT pools the first virtual token instead of [CLS]."
    case .deep: layerObstacle ?? poolingObstacle ?? backboneObstacle
    }
  }

  private var textObstacle: String? {
    if hasBackboneWeights { return Self.weightObstacle }
    return switch form {
    case .none: "PEFT has no adapter without a prompt."
    case .deep where promptStack != .decoder:
      "PEFT's prefixes stand in the decoder, this prompt's in the encoder."
    case .deep: "PEFT gives several layers of a decoder the same keys and values."
    case .input where (placement ?? .beforeText) != .beforeText:
      "PEFT puts every prompt before the text."
    case .input where decoderPromptLength != nil:
      Self.decoderObstacle
    case .input: nil
    }
  }

  private static let weightObstacle =
    "PEFT's prompts hold no fine-tuned weights of the backbone."

  private static let decoderObstacle = "PEFT does nothing with a decoder's prompt."

  private var layerObstacle: String? {
    if firstPosition != nil, promptLayers == [1, stackLayers] {
      return "PEFT counts a text's positions from behind the virtual tokens, this prompt from 0."
    }
    guard let promptLayers, promptLayers != [1, stackLayers] else { return nil }
    let range = promptLayers.map(String.init).joined(separator: " to ")
    return "PEFT prompts all \(stackLayers) layers, this prompt only layers \(range)."
  }

  private var poolingObstacle: String? {
    switch pooling {
    case .pooler, .firstSlot: nil
    case .cls: "PEFT's classifier reads [CLS] through the pooler, this prompt's without it."
    case .mean: "PEFT's classifier reads [CLS] through the pooler, this prompt's the text's mean."
    case .maskedWord, nil:
      "PEFT's classifier reads [CLS] through the pooler, this prompt has none."
    }
  }

  private var backboneObstacle: String? {
    guard ModelFamilies.named(backbone.family)?.classifier?.isExchangedWithPEFT == true else {
      return "It is not known how PEFT names the head of the family \(backbone.family)."
    }
    guard let heads = backbone.heads, heads > 0, backbone.width % heads == 0 else {
      return "PEFT needs the number of attention heads, which this prompt does not tell."
    }
    return nil
  }
}
