// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter

/// What the options make of a method, once the model and the labels are known.
struct MethodBuilder {
  let method: MethodName
  let size: MethodOptions
  let start: PromptStartOptions
  let model: PretrainedModel
  let labels: [String]
  var recipe: TrainingRecipe?
  private var stack: PromptStack { size.promptStack ?? .encoder }

  /// The method with its options.
  func choice() throws -> MethodChoice {
    switch method {
    case .headOnly: .headOnly
    case .fineTuning: .fineTuning
    case .promptTuning: try inputChoice()
    case .pTuningV2: try deepChoice()
    }
  }

  // A prompt that goes on from another one has its length unless told otherwise.
  private func inputChoice() throws -> MethodChoice {
    let initialization = try initialization()
    let length = size.promptLength ?? initialization.ownLength ?? size.length(recipe)
    return .promptTuning(
      promptLength: length, initialization: initialization,
      placement: size.promptPlacement ?? .beforeText,
      decoderLength: size.decoderPromptLength ?? 0)
  }

  private func deepChoice() throws -> MethodChoice {
    let backbone = model.backbone
    let dropout = Float(start.promptDropout ?? 0.1)
    guard case .prompt(let path)? = start.promptInit else {
      return .pTuningV2(
        promptLength: size.length(recipe),
        layers: try size.promptLayers?.range(layerCount: backbone.layerCount(of: stack)),
        reparameterization: size.perceptron(width: backbone.width), dropout: dropout,
        stack: stack)
    }
    guard size.promptLength == nil, size.promptLayers == nil, size.reparameterization == .none
    else {
      throw UsageError(
        "A prompt that goes on from prompt:DIR keeps its length, layers and table; leave out "
          + "--prompt-length, --prompt-layers and --reparameterization.")
    }
    let prompt = try Prompt(contentsOf: URL(filePath: path))
    let folded = prompt.folded
    guard folded.deep != nil, prompt.card.backbone.layers == backbone.layerCount,
      prompt.card.backbone.deepWidth == backbone.attentionWidth
    else {
      throw UsageError("\(path) is no P-Tuning v2 prompt of a backbone of this shape.")
    }
    return .pTuningV2(
      promptLength: folded.deepLength, dropout: dropout, start: folded, stack: stack)
  }

  private func initialization() throws -> PromptInitialization {
    let tokenizer = model.tokenizer
    switch start.promptInit ?? recipe?.start ?? .vocabulary {
    case .random, .activations: return .random
    case .randomAsInCode: return .positiveRandom
    case .vocabulary: return .vocabulary(candidates: try candidates())
    case .labels:
      return .labels(labels.map { tokenizer.ids(of: $0) }, candidates: try candidates())
    case .text(let text):
      let ids = tokenizer.ids(of: text)
      guard !ids.isEmpty else { throw TrainingError.emptyInitialization("the text `\(text)`") }
      return .text(ids)
    case .prompt(let path):
      return try .prompt(contentsOf: URL(filePath: path), width: model.backbone.width)
    }
  }

  private func candidates() throws -> [Int32] {
    let words = model.tokenizer.wordCandidates()
    guard !words.isEmpty else { throw TrainingError.emptyInitialization("the vocabulary") }
    return words
  }
}
