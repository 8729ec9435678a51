// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
internal import PrompterCore
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterModels
internal import PrompterTasks
internal import PrompterTensor

/// The contents of PEFT's adapter_config.json, as far as prompts need it.
struct PEFTAdapter: Equatable {
  var peftType: String
  var taskType: String?
  var promptLength: Int
  /// That of keys and values in a prefix, of vectors otherwise; `nil` where the tensors tell.
  var width: Int?
  /// The layers that a prefix has keys and values for, or those of the encoder; `nil` where it is
  /// not said.
  var layers: Int?
  var heads: Int?
  var submodules: Int?
  var baseModel: String?
}

extension PEFTAdapter {
  /// The adapter of a prompt without obstacles.
  init(_ card: PromptCard) {
    let hasHead = card.task.hasHead
    let isDeep = card.form == .deep
    self.init(
      peftType: isDeep ? Self.prefix : "PROMPT_TUNING",
      taskType: hasHead ? "SEQ_CLS" : Self.textTask, promptLength: card.promptLength,
      width: isDeep ? card.backbone.deepWidth : card.backbone.wordWidth,
      layers: card.backbone.layers > 0 ? card.backbone.layers : nil, heads: card.backbone.heads,
      submodules: hasHead ? 1 : 2,
      baseModel: card.backbone.name)
  }

  private static let textTask = "SEQ_2_SEQ_LM"
  private static let prefix = "PREFIX_TUNING"

  private enum Keys: String, CodingKey {
    case peftType = "peft_type"
    case taskType = "task_type"
    case autoMapping = "auto_mapping"
    case baseModel = "base_model_name_or_path"
    case encoderWidth = "encoder_hidden_size"
    case inferenceMode = "inference_mode"
    case initialWeights = "init_weights"
    case savedModules = "modules_to_save"
    case heads = "num_attention_heads"
    case layers = "num_layers"
    case submodules = "num_transformer_submodules"
    case promptLength = "num_virtual_tokens"
    case version = "peft_version"
    case isProjected = "prefix_projection"
    case revision
    case start = "prompt_tuning_init"
    case startText = "prompt_tuning_init_text"
    case tokenizer = "tokenizer_name_or_path"
    case tokenizerOptions = "tokenizer_kwargs"
    case width = "token_dim"
  }

  // The version of PEFT whose keys these are.
  private static let version = "0.21.2"
}

extension PEFTAdapter: Encodable {
  /// Writes every key that PEFT itself writes for the kind and no other: older versions refuse keys
  /// that they do not know.
  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encode(peftType, forKey: .peftType)
    try values.encode(taskType, forKey: .taskType)
    try values.encodeNil(forKey: .autoMapping)
    try values.encode(baseModel, forKey: .baseModel)
    try values.encode(true, forKey: .inferenceMode)
    try values.encode(heads, forKey: .heads)
    try values.encode(layers, forKey: .layers)
    try values.encode(submodules, forKey: .submodules)
    try values.encode(promptLength, forKey: .promptLength)
    try values.encode(Self.version, forKey: .version)
    try values.encodeNil(forKey: .revision)
    try values.encode(width, forKey: .width)
    try values.encode(writesTexts ? nil : ["classifier", "score"], forKey: .savedModules)
    if peftType == Self.prefix {
      try values.encode(width, forKey: .encoderWidth)
      try values.encodeNil(forKey: .initialWeights)
      try values.encode(false, forKey: .isProjected)
    } else {
      try values.encode("RANDOM", forKey: .start)
      for key in [Keys.startText, .tokenizer, .tokenizerOptions] {
        try values.encodeNil(forKey: key)
      }
    }
  }
}

extension PEFTAdapter: Decodable {
  /// Reads what the tensors depend on; other keys may be missing, or be there and unknown.
  ///
  /// An adapter of another kind has other keys, so nothing is asked of it but its kind.
  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    peftType = try values.decode(String.self, forKey: .peftType)
    taskType = try values.decodeIfPresent(String.self, forKey: .taskType)
    guard Self.methods[peftType] != nil else {
      promptLength = 0
      return
    }
    promptLength = try values.decode(Int.self, forKey: .promptLength)
    // PEFT fills in from the model what is null; a prefix cannot be cut into blocks without it.
    let isPrefix = peftType == Self.prefix
    width =
      isPrefix
      ? try values.decode(Int.self, forKey: .width)
      : try values.decodeIfPresent(Int.self, forKey: .width)
    layers =
      isPrefix
      ? try values.decode(Int.self, forKey: .layers)
      : try values.decodeIfPresent(Int.self, forKey: .layers)
    heads = try values.decodeIfPresent(Int.self, forKey: .heads)
    submodules = try values.decodeIfPresent(Int.self, forKey: .submodules)
    baseModel = try values.decodeIfPresent(String.self, forKey: .baseModel)
  }
}

extension PEFTAdapter {
  // The kinds whose vectors can be read here, by the methods that they are.
  private static var methods: [String: MethodName] {
    [prefix, "PROMPT_TUNING", "P_TUNING"].reduce(into: [:]) { methods, type in
      methods[type] = Methods.all.first { $0.peftTypes.contains(type) }?.name
    }
  }

  /// The keys and values that PEFT's prefix tuning gives the layers of a decoder.
  ///
  /// PEFT writes the table's 2 L blocks down twice, cuts them into L pieces of four blocks each,
  /// and takes the first two of piece l for layer l. So layer l has blocks 4 l and 4 l + 1, modulo
  /// 2 L, and every second layer's own are not used.
  static func decoderTable(_ table: Tensor, layers: Int) -> Tensor {
    let width = table.columns / (2 * layers)
    let result = Tensor(zeros: table.shape)
    for layer in 0..<layers {
      for half in 0..<2 {
        let source = (4 * layer + half) % (2 * layers)
        Kernels.copyColumns(
          of: table.buffer, xColumns: table.columns, from: source * width, to: result.buffer,
          yColumns: table.columns, at: (2 * layer + half) * width, columns: width)
      }
    }
    return result
  }

  /// Whether the adapter is for a model that writes texts.
  var writesTexts: Bool { taskType == Self.textTask }

  /// Describes the adapter's prompt.
  ///
  /// - Parameters:
  ///   - labelCount: The values that its classifier gives, if it has one.
  ///   - file: The path for messages.
  /// - Returns: A card that says what the adapter does.
  /// - Throws: ``PromptError/unusable(file:value:found:expected:)`` if it is neither a sequence
  ///   classification by a prompt nor a prompt for an encoder-decoder's input.
  func card(labelCount: Int, file: String) throws -> PromptCard {
    func unusable(_ key: String, _ found: String, _ expected: String) -> PromptError {
      .unusable(file: file, value: "`\(key)`", found: found, expected: expected)
    }
    guard let method = Self.methods[peftType] else {
      throw unusable("peft_type", "`\(peftType)`", "PREFIX_TUNING, PROMPT_TUNING or P_TUNING")
    }
    guard taskType == "SEQ_CLS" || writesTexts,
      let family = ModelFamilies.all.first(where: { $0.peftTaskType == taskType })
    else {
      throw unusable(
        "task_type", taskType.map { "`\($0)`" } ?? "not given", "SEQ_CLS or \(Self.textTask)")
    }
    // Without vectors it would be a prompt of another form.
    guard promptLength >= 1 else {
      throw unusable("num_virtual_tokens", "\(promptLength)", "1 to \(1 << 20)")
    }
    let expected = writesTexts ? 2 : 1
    guard (submodules ?? expected) == expected else {
      throw unusable("num_transformer_submodules", "\(submodules ?? expected)", "\(expected)")
    }
    var card = try card(
      method, of: family,
      for: writesTexts ? .freeText : Self.task(outputs: labelCount, file: file))
    try card.check(in: file)
    card.trainableParameters =
      card.shapes(in: .own).values.reduce(0) { $0 + $1.count }
    return card
  }

  // The first kind that has such a head.
  private static func task(outputs: Int, file: String) throws -> TaskDescription {
    let tasks = TaskKinds.all.lazy.compactMap {
      ($0 as? any HeadKind.Type)?.task(outputs: outputs)
    }
    guard let task = tasks.first else {
      throw PromptError.unusable(
        file: file, value: "the shape of `\(PromptLayout.peft.names.headBias)`",
        found: "[\(outputs)]", expected: "[labels], of two labels or more")
    }
    return task
  }

  private func card(
    _ method: MethodName, of family: any ModelFamily.Type, for task: TaskDescription
  ) -> PromptCard {
    // The adapter does not say how many positions its own checkpoint has.
    let length = family.usualLength
    return PromptCard(
      method: method, task: task, promptLength: promptLength,
      promptLayers: peftType == Self.prefix ? [1, layers ?? 0] : nil,
      promptStack: peftType == Self.prefix && writesTexts ? .decoder : nil,
      pooling: writesTexts ? nil : .pooler,
      maximumLength: writesTexts
        ? length : max(1, length - max(0, promptLength)),
      backbone: PromptCard.BackboneIdentity(
        name: baseModel ?? "unknown", family: family.name, layers: layers ?? 0,
        width: width ?? heads ?? 1, heads: heads, parameters: 0, sha256: nil),
      trainableParameters: 0)
  }
}

extension Prompt {
  /// Reads an adapter that PEFT saved.
  init(adapterIn folder: URL) throws {
    let configuration = folder.appending(component: PromptLayout.adapterConfiguration)
    var adapter = try decodeJSON(PEFTAdapter.self, from: configuration)
    let path = configuration.path(percentEncoded: false)
    // The kind is wrong more often than the tensors are, so it comes first.
    _ = try adapter.card(labelCount: 2, file: path)
    let file = try Weights(file: folder.appending(component: folder.adapterWeights))
    adapter.width = adapter.width ?? file.shape(of: PromptLayout.peft.names.input)?.columns
    let labels = adapter.writesTexts ? 0 : try Self.labelCount(in: file)
    try self.init(
      card: adapter.card(labelCount: labels, file: path), tensorsOf: file, layout: .peft)
  }

  private static func labelCount(in file: Weights) throws -> Int {
    let names = PromptLayout.peft.names
    let weights = file.place
    guard let bias = file.shape(of: names.headBias) else {
      throw PromptError.missingTensor(file: weights, tensor: names.headBias)
    }
    guard bias.rank == 1, bias.count >= 1 else {
      throw PromptError.unusable(
        file: weights, value: "the shape of `\(names.headBias)`", found: "\(bias)",
        expected: "[labels], of two labels or more")
    }
    // Any size is safe here: the file has as many values, and reading it checks that.
    guard bias.count <= 1 << 20 else {
      throw PromptError.unusable(
        file: weights, value: "the number of labels", found: "\(bias.count)",
        expected: "at most \(1 << 20)")
    }
    return bias.count
  }
}

extension URL {
  /// The file with a folder's tensors of PEFT's, which reads the second only without the first.
  fileprivate var adapterWeights: String {
    let isPickled =
      holdsFile(PromptLayout.pickledAdapter) && !holdsFile(PromptLayout.peft.weights)
    return isPickled ? PromptLayout.pickledAdapter : PromptLayout.peft.weights
  }
}
