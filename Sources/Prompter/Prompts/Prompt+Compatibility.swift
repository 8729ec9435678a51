// SPDX-License-Identifier: Apache-2.0

public import PrompterCore

extension Prompt {
  /// Checks that a model is the one, or is like the one, that the prompt was trained on.
  ///
  /// - Parameters:
  ///   - model: The model that the prompt shall be used with.
  ///   - identity: What ``PretrainedModel/identity()`` says, if its weights' hash shall be compared
  ///     too; a prompt of PEFT's knows none.
  /// - Throws: ``PromptError``, one sentence with both models' names.
  public func check(
    against model: PretrainedModel, identity: PromptCard.BackboneIdentity? = nil
  ) throws {
    try checkShape(of: model)
    try checkPositions(of: model)
    guard card.pooling?.usesPooler != true || model.backbone.hasPooler else {
      throw PromptError.noPooler(model: model.name)
    }
    if let identity, let known = card.backbone.sha256, let found = identity.sha256, known != found {
      throw PromptError.otherWeights(
        trainedOn: card.backbone.name, sha256: known, found: identity.name, foundSHA256: found)
    }
  }

  /// The tokens that a text may have with this prompt, special ones included.
  ///
  /// That is what the prompt was trained with, or less where the backbone has no room for it.
  public func maximumLength(on backbone: any Backbone) -> Int {
    guard let limit = backbone.positionLimit else { return card.maximumLength }
    return min(card.maximumLength, max(0, limit - folded.occupiedPositions))
  }

  private func checkShape(of model: PretrainedModel) throws {
    let trained = card.backbone
    let isAlike =
      trained.family == model.family && trained.layers == model.backbone.layerCount
      && (trained.width == model.backbone.width || knowsKeysOnly)
      && (trained.decoderLayers == nil
        || trained.decoderLayers == model.encoderDecoder?.decoderLayerCount)
      && (folded.deep == nil
        || trained.attentionWidth ?? trained.width == model.backbone.attentionWidth)
      && trained.heads ?? model.backbone.headCount == model.backbone.headCount
    guard isAlike else {
      throw PromptError.otherBackbone(
        trainedOn: Self.described(
          trained.name, trained.family, trained.layers, trained.width, trained.heads),
        found: Self.described(
          model.name, model.family, model.backbone.layerCount, model.backbone.width,
          model.backbone.headCount))
    }
  }

  // An adapter of PEFT's with prefixes for a decoder tells the width of keys alone.
  private var knowsKeysOnly: Bool {
    card.backbone.sha256 == nil && card.promptStack == .decoder
  }

  private func checkPositions(of model: PretrainedModel) throws {
    // PEFT's adapters do not say how long their texts were: there, any room for text will do.
    let needed = card.plan == nil ? 1 : card.maximumLength
    guard let limit = model.backbone.positionLimit, folded.occupiedPositions + needed > limit
    else { return }
    throw PromptError.noRoom(
      model: model.name, promptLength: card.promptLength, maximumLength: needed,
      positionLimit: limit)
  }

  private static func described(
    _ name: String, _ family: String, _ layers: Int, _ width: Int, _ heads: Int?
  ) -> String {
    let heads = heads.map { ", \($0) heads" } ?? ""
    return "\(name) (\(family), \(layers) layers of width \(width)\(heads))"
  }
}
