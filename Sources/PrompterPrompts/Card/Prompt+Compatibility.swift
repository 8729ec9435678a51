// SPDX-License-Identifier: Apache-2.0

public import PrompterCore

extension Prompt {
  /// Checks that a model is the one, or is like the one, that the prompt was trained on.
  ///
  /// - Parameters:
  ///   - model: The model that the prompt shall be used with.
  ///   - identity: What ``PretrainedModel/identity(expecting:)`` says, if its weights' hash shall
  ///     be compared too; a prompt of PEFT's knows none.
  /// - Throws: ``PromptError``, one sentence with both models' names.
  public func check(
    against model: PretrainedModel, identity: PromptCard.BackboneIdentity? = nil
  ) throws {
    try checkShape(of: model)
    try checkPositions(of: model)
    guard card.pooling?.usesPooler != true || model.backbone.hasPooler else {
      throw PromptError.noPooler(model: model.name)
    }
    guard card.pooling != .maskedWord || model.backbone.maskedLanguageHead != nil else {
      throw PromptError.noMaskedLanguageHead(model: model.name)
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
    let (trained, found) = (card.backbone, model.backbone)
    let decoderLayers = model.decoderLayers
    let isAlike =
      trained.family == model.family
      && (trained.layers == 0 || trained.layers == found.layerCount)
      && (trained.width == found.width || knowsKeysOnly)
      && (trained.decoderLayers == nil || trained.decoderLayers == decoderLayers)
      && reaches(decoderLayers ?? 0)
      && (folded.deep == nil || trained.deepWidth == found.attentionWidth)
      && (folded.input == nil || trained.wordWidth == found.embeddingWidth)
      && trained.heads ?? found.headCount == found.headCount
    guard isAlike else {
      var shown = trained
      if card.promptStack == .decoder { shown.decoderLayers = card.stackLayers }
      throw PromptError.otherBackbone(
        trainedOn: Self.described(shown, hasWidth: !knowsKeysOnly),
        found: Self.described(
          PromptCard.BackboneIdentity(
            name: model.name, family: model.family, layers: found.layerCount, width: found.width,
            heads: found.headCount, parameters: 0, sha256: nil,
            attentionWidth: found.attentionWidth, embeddingWidth: found.embeddingWidth,
            decoderLayers: decoderLayers), hasWidth: true))
    }
  }

  // A decoder of fewer layers than a prefix of PEFT's uses the first of them, as there.
  private func reaches(_ decoderLayers: Int) -> Bool {
    guard let deep = folded.deep, deep.stack == .decoder else { return true }
    guard decoderLayers > 0 else { return false }
    return card.backbone.decoderLayers != nil || deep.layers.upperBound >= decoderLayers
  }

  // An adapter of PEFT's with prefixes for a decoder tells the width of keys alone.
  private var knowsKeysOnly: Bool {
    card.backbone.sha256 == nil && card.promptStack == .decoder && head == nil
      && folded.input == nil && folded.decoderInput == nil
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

  // All that is known of a model, so that two that differ never look alike.
  private static func described(
    _ backbone: PromptCard.BackboneIdentity, hasWidth: Bool
  ) -> String {
    var parts = [backbone.family]
    let layers = backbone.layers > 0 ? "\(backbone.layers) layers" : nil
    let shape = [layers, hasWidth ? "width \(backbone.width)" : nil].compactMap(\.self)
    if !shape.isEmpty { parts.append(shape.joined(separator: " of ")) }
    if let layers = backbone.decoderLayers { parts.append("\(layers) in the decoder") }
    if !hasWidth || backbone.deepWidth != backbone.width {
      parts.append("keys of width \(backbone.deepWidth)")
    }
    if hasWidth, backbone.wordWidth != backbone.width {
      parts.append("words of width \(backbone.wordWidth)")
    }
    if let heads = backbone.heads { parts.append("\(heads) heads") }
    return "\(backbone.name) (\(parts.joined(separator: ", ")))"
  }
}
