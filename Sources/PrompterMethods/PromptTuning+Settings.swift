// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
internal import PrompterTensor

extension PromptTuning {
  /// Prompt tuning with its options: vectors beside the text, and before what a decoder writes if
  /// it shall have some.
  public struct Settings: MethodSettings {
    /// The virtual tokens beside the text.
    public var promptLength: Int
    /// Where the vectors start.
    public var initialization: PromptInitialization
    /// Where they stand.
    public var placement: PromptPlacement
    /// The virtual tokens before a decoder's input.
    public var decoderLength: Int

    /// The method with its options.
    public init(
      promptLength: Int = 20, initialization: PromptInitialization,
      placement: PromptPlacement = .beforeText, decoderLength: Int = 0
    ) {
      self.promptLength = promptLength
      self.initialization = initialization
      self.placement = placement
      self.decoderLength = decoderLength
    }

    /// The method with its usual options, from random vectors.
    public init() { self.init(initialization: .random) }
  }
}

extension PromptTuning.Settings {
  /// `prompt-tuning`.
  public static var name: MethodName { .promptTuning }

  /// A fiftieth.
  public static func usualPlan(writesTexts: Bool) -> UsualPlan { UsualPlan(learningRate: 2e-2) }

  /// Vectors at the input; `P_TUNING` saves what its encoder puts out, so that is all there is.
  public static var peftTypes: [String] { ["PROMPT_TUNING", "P_TUNING"] }

  /// The lengths, the place and the start.
  public var record: SettingsRecord {
    SettingsRecord([
      "prompt_length": .integer(promptLength),
      "placement": placement == .beforeText ? nil : .string(placement.rawValue),
      "decoder_prompt_length": decoderLength == 0 ? nil : .integer(decoderLength),
      "start": .string(initialization.kind),
      "start_sha256": initialization.sha256.map { .string($0) },
    ])
  }

  /// The lengths, the place and the kind of start.
  public static func words(of record: SettingsRecord) -> String {
    "length \(record.integer("prompt_length") ?? 0), start \(record.string("start") ?? "unknown")"
      + (record["placement"].map { ", placement \($0)" } ?? "")
      + (record["decoder_prompt_length"].map { ", \($0) in the decoder" } ?? "")
  }

  /// Each vector has a position.
  public var occupiedPositions: Int { promptLength }

  /// Refuses lengths that are none, and starts that have no values of this width.
  public func check(for shape: BackboneShape) throws {
    try TrainingError.checkCount(promptLength, "prompt length")
    if decoderLength != 0 {
      try TrainingError.checkCount(decoderLength, "length of the decoder's prompt")
    }
    guard initialization.isUsable(length: promptLength + decoderLength, width: shape.embeddingWidth)
    else {
      throw TrainingError.emptyInitialization("the \(initialization.kind) given")
    }
  }

  /// Refuses vectors for a decoder that does not write, and vectors in a mean.
  public func check(hasHead: Bool, pooling: Pooling) throws {
    if hasHead, decoderLength > 0 {
      throw TrainingError.cannotTrain(
        method: name, reason: "a prompt for the decoder needs answers that are texts")
    }
    if hasHead, pooling == .mean, placement != .beforeText {
      throw TrainingError.cannotTrain(
        method: name, reason: "a prompt among the words would count in their mean")
    }
  }

  /// A vector for each virtual token.
  public func parameterCount(for shape: BackboneShape) -> Int {
    (promptLength + decoderLength) * shape.embeddingWidth
  }

  /// Vectors that start as they shall.
  public func make(for backbone: any Backbone, seed: UInt64) -> any PromptMethod {
    // One draw for both, so that the two prompts do not start alike.
    let vectors = initialization.vectors(
      length: promptLength + decoderLength, width: backbone.embeddingWidth, seed: seed,
      embeddings: backbone.wordEmbeddings)
    return PromptTuning(
      vectors.rows(0..<promptLength), placement: placement,
      decoderVectors: decoderLength > 0
        ? vectors.rows(promptLength..<promptLength + decoderLength) : nil,
      layerCount: backbone.layerCount)
  }
}

extension MethodName {
  /// Vectors before the text.
  public static let promptTuning = MethodName(rawValue: "prompt-tuning")
}

extension MethodSettings where Self == PromptTuning.Settings {
  /// Prompt tuning: vectors beside the text, and before what a decoder writes if asked for.
  public static func promptTuning(
    promptLength: Int = 20, initialization: PromptInitialization,
    placement: PromptPlacement = .beforeText, decoderLength: Int = 0
  ) -> PromptTuning.Settings {
    PromptTuning.Settings(
      promptLength: promptLength, initialization: initialization, placement: placement,
      decoderLength: decoderLength)
  }
}
