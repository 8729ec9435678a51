// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterTasks
internal import PrompterTensor

/// The two ways in which a folder holds a prompt's tensors.
enum PromptLayout: Sendable, CaseIterable {
  /// PEFT's names, for prompts that mean the same there.
  case peft
  /// Names of our own, with which PEFT does nothing.
  case own

  static let card = "prompter.json"
  static let adapterConfiguration = "adapter_config.json"
  static let pickledAdapter = "adapter_model.bin"

  /// The files that make a folder a prompt's, in either layout.
  static let allFiles = [
    PromptLayout.peft.weights, adapterConfiguration, PromptLayout.own.weights, card,
    pickledAdapter,
  ]

  /// The layout in which a card's prompt is written.
  init(for card: PromptCard) {
    self = card.peftObstacle == nil ? .peft : .own
  }

  /// The file with the tensors.
  var weights: String {
    switch self {
    case .peft: "adapter_model.safetensors"
    case .own: "prompt.safetensors"
    }
  }

  /// The files, in the order in which they may replace others: the card says that all are there.
  var files: [String] {
    switch self {
    case .peft: [weights, Self.adapterConfiguration, Self.card]
    case .own: [weights, Self.card]
    }
  }

  /// What precedes the checkpoint's own names of fine-tuned weights.
  static let backbonePrefix = "backbone."

  var names: PromptTensorNames {
    switch self {
    case .peft:
      PromptTensorNames(
        input: "prompt_embeddings", decoderInput: "", deep: "prompt_embeddings",
        headWeight: "base_model.classifier.weight", headBias: "base_model.classifier.bias")
    case .own:
      PromptTensorNames(
        input: "input", decoderInput: "decoder_input", deep: "prompt", headWeight: "head.weight",
        headBias: "head.bias")
    }
  }
}

/// What a layout calls a prompt's tensors.
struct PromptTensorNames: Sendable {
  let input: String
  let decoderInput: String
  let deep: String
  let headWeight: String
  let headBias: String
}

extension PromptCard {
  /// The shape of each tensor of such a prompt, fine-tuned weights of the backbone aside.
  ///
  /// Sizes are within bounds once ``check(in:)`` has passed.
  func shapes(in layout: PromptLayout) -> [String: Shape] {
    let names = layout.names
    var shapes: [String: Shape] = [:]
    if let outputs = task.outputCount {
      shapes[names.headWeight] = [outputs, task.verbalizer?.width ?? backbone.width]
      shapes[names.headBias] = [outputs]
    }
    switch form {
    case .deep: shapes[names.deep] = [promptLength, stackLayers * 2 * backbone.deepWidth]
    case .input: shapes[names.input] = [inputRows(in: layout), backbone.wordWidth]
    case .none: break
    }
    if let decoderPromptLength {
      shapes[names.decoderInput] = [decoderPromptLength, backbone.wordWidth]
    }
    return shapes
  }

  // PEFT keeps rows for the decoder of a text-to-text model after the encoder's, and uses them for
  // nothing.
  private func inputRows(in layout: PromptLayout) -> Int {
    layout == .peft && !task.hasHead ? 2 * promptLength : promptLength
  }
}

extension PromptCard.BackboneIdentity {
  /// The width of keys and values.
  public var deepWidth: Int { attentionWidth ?? width }
  /// The width of word embeddings.
  public var wordWidth: Int { embeddingWidth ?? width }
}

extension Prompt {
  /// The tensors under a layout's names.
  func tensors(in layout: PromptLayout) -> [String: Tensor] {
    let names = layout.names
    var tensors: [String: Tensor] = [:]
    if let head { (tensors[names.headWeight], tensors[names.headBias]) = (head.weight, head.bias) }
    if let input = folded.input {
      let rows = card.shapes(in: layout)[names.input]?[0] ?? input.rows
      tensors[names.input] = Tensor(
        joiningRowsOf: [input, Tensor(zeros: [max(0, rows - input.rows), input.columns])],
        columns: input.columns)
    }
    if let decoderInput = folded.decoderInput { tensors[names.decoderInput] = decoderInput }
    if let deep = folded.deep { tensors[names.deep] = deep.table }
    for (name, tensor) in backboneWeights ?? [:] {
      tensors[PromptLayout.backbonePrefix + name] = tensor
    }
    return tensors
  }
}

/// The name of the file in a prompt's folder that a killed run is resumed from.
package let trainingStateName = "training_state.safetensors"
