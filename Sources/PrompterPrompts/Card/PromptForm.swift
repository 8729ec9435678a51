// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterTensor

/// Where a prompt's vectors stand, which decides what is on the disk and what PEFT makes of it.
enum PromptForm: Sendable, Equatable {
  /// Nowhere: there are none.
  case none
  /// Beside the text.
  case input
  /// In the layers, as keys and values.
  case deep
}

// A card tells all of this by itself, so that a prompt of any method is read, known here or not.
extension PromptCard {
  /// Where the vectors stand.
  var form: PromptForm {
    if promptLayers != nil { return .deep }
    return promptLength > 0 ? .input : .none
  }

  /// Whether the backbone's weights were trained, so that they stand beside the prompt's tensors.
  ///
  /// Without vectors whatever was trained besides a head is the backbone's; with vectors a card
  /// says so, since what made them may have had any number of values.
  var hasBackboneWeights: Bool {
    if form != .none || decoderPromptLength != nil { return trainsBackbone == true }
    let head = shapes(in: .own).values.reduce(0) { $0 + $1.count }
    return trainableParameters > head
  }
}
