// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterTasks
internal import PrompterTensor

extension PromptCard {
  /// Checks that the values are ones that a prompt can have and that go together.
  ///
  /// Every product of sizes that the rest of the program makes stays far below 2⁶³ afterwards.
  func check(in file: String) throws {
    func expect(_ range: ClosedRange<Int>, _ value: Int, _ name: String) throws {
      guard range.contains(value) else {
        throw PromptError.unusable(
          file: file, value: "`\(name)`", found: "\(value)",
          expected: "\(range.lowerBound) to \(range.upperBound)")
      }
    }
    let isKnown = backbone.sha256 != nil || form == .deep
    try expect((isKnown ? 1 : 0)...1 << 16, backbone.layers, "backbone.layers")
    try expect(1...1 << 20, backbone.width, "backbone.width")
    try expect(0...1 << 48, backbone.parameters, "backbone.parameters")
    if let layers = backbone.decoderLayers {
      try expect(1...1 << 16, layers, "backbone.decoder_layers")
    }
    if let width = backbone.attentionWidth {
      try expect(1...1 << 20, width, "backbone.attention_width")
    }
    if let width = backbone.embeddingWidth {
      try expect(1...1 << 20, width, "backbone.embedding_width")
    }
    if let heads = backbone.heads { try expect(1...backbone.width, heads, "backbone.heads") }
    try expect(0...1 << 48, trainableParameters, "trainable_parameters")
    try expect(1...1 << 20, maximumLength, "maximum_length")
    try expect((form == .deep ? 1 : 0)...1 << 20, promptLength, "prompt_length")
    if let length = decoderPromptLength { try expect(1...1 << 20, length, "decoder_prompt_length") }
    if let firstPosition {
      try expect(0...0, firstPosition, "first_position")
      guard form == .deep else {
        throw PromptError.unusable(
          file: file, value: "`first_position`", found: "\(firstPosition)",
          expected: "absent from a prompt that is not in the layers")
      }
    }
    guard method.isValid else {
      throw PromptError.unusable(
        file: file, value: "`method`", found: method.rawValue,
        expected: "a name of a-z, 0-9 and hyphens")
    }
    guard let kind = try? task.asked() else {
      throw PromptError.unusable(
        file: file, value: "`task.kind`", found: task.kind.rawValue,
        expected: TaskKinds.all.map { $0.name.rawValue }.joined(separator: " or "))
    }
    guard (pooling != nil) == task.hasHead else {
      throw PromptError.unusable(
        file: file, value: "`pooling`", found: pooling?.rawValue ?? "not given",
        expected: task.hasHead
          ? "what the head reads" : "absent from a task whose answers are texts")
    }
    if let temperature = best?.temperature, !Temperature.fittedRange.contains(temperature) {
      throw PromptError.unusable(
        file: file, value: "`best.temperature`", found: "\(temperature)",
        expected: "\(Temperature.fittedRange.lowerBound) to \(Temperature.fittedRange.upperBound)")
    }
    try checkLayers(in: file)
    try checkLabels(of: kind, in: file)
  }

  private func checkLayers(in file: String) throws {
    guard let promptLayers else { return }
    guard promptLayers.count == 2, 1 <= promptLayers[0], promptLayers[0] <= promptLayers[1],
      promptLayers[1] <= stackLayers
    else {
      throw PromptError.unusable(
        file: file, value: "`prompt_layers`", found: "\(promptLayers.prefix(8))",
        expected: "the first and the last of layers 1 to \(stackLayers)")
    }
  }

  private func checkLabels(of kind: any TaskKind, in file: String) throws {
    // A number has none, and an answer that may be any text need not have any.
    let needsLabels = task.hasHead && kind.hasLabels
    if let verbalizer = task.verbalizer {
      guard verbalizer.labels.map(\.label) == labels, verbalizer.width != nil,
        verbalizer.labels.allSatisfy({ $0.tokens != nil }), pooling == .maskedWord
      else {
        throw PromptError.unusable(
          file: file, value: "`task.verbalizer`",
          found: "of \(verbalizer.labels.prefix(8).map(\.label)) and read by "
            + (pooling?.rawValue ?? "nothing"),
          expected: "words with tokens for each of `task.labels`, read by masked-word")
      }
      // A head may give several values for each label, of states that it reads for each.
    } else if let outputs = task.outputCount, !labels.isEmpty,
      !outputs.isMultiple(of: labels.count)
    {
      throw PromptError.unusable(
        file: file, value: "`task.labels`", found: "\(labels.prefix(8))",
        expected: "as many labels as the head has outputs, \(outputs), or none")
    }
    guard labels.count >= 2 || labels.isEmpty && !needsLabels, Set(labels).count == labels.count
    else {
      throw PromptError.unusable(
        file: file, value: "`task.labels`", found: "\(labels.prefix(8))",
        expected: "two or more different labels")
    }
  }
}

extension Prompt {
  /// Checks what is about to be written as strictly as reading would.
  func check(in file: String) throws {
    try card.check(in: file)
    let layout = PromptLayout(for: card)
    let tensors = tensors(in: layout)
    try card.check(
      shapes: tensors.mapValues(\.shape), layout: layout, in: file)
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      try tensor.checkFinite(name, in: file)
    }
  }
}

extension PromptCard {
  /// Checks that there are the tensors that such a prompt has, no others, and in the right shapes.
  func check(shapes found: [String: Shape], layout: PromptLayout, in file: String) throws {
    let expected = shapes(in: layout)
    for (name, shape) in expected.sorted(by: { $0.key < $1.key }) {
      guard let foundShape = found[name] else {
        throw PromptError.missingTensor(file: file, tensor: name)
      }
      guard foundShape == shape else {
        throw PromptError.unexpectedShape(
          file: file, tensor: name, found: foundShape, expected: shape)
      }
    }
    let others = found.keys.filter { expected[$0] == nil }.sorted()
    let hasBackboneWeights = hasBackboneWeights
    for name in others where !(hasBackboneWeights && name.hasPrefix(PromptLayout.backbonePrefix)) {
      throw PromptError.unexpectedTensor(
        file: file, tensor: name, expected: expected.keys.sorted())
    }
    guard !hasBackboneWeights || !others.isEmpty else {
      throw PromptError.missingTensor(file: file, tensor: PromptLayout.backbonePrefix + "…")
    }
  }
}

extension Tensor {
  func checkFinite(_ name: String, in file: String) throws {
    let place = buffer.withSpan { span -> Int? in
      for index in 0..<span.count where !span[index].isFinite { return index }
      return nil
    }
    if let place {
      throw PromptError.notFinite(
        file: file, tensor: name, index: place, found: buffer[place])
    }
  }
}
