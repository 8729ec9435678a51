// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
internal import PrompterTensor

extension PTuningV2 {
  /// P-Tuning v2 with its options: keys and values in a range of layers.
  ///
  /// In a decoder they are what Hugging Face PEFT's prefix tuning trains.
  public struct Settings: MethodSettings {
    /// The virtual tokens in each prompted layer.
    public var promptLength: Int
    /// The prompted layers, counted from 0; nil for all.
    public var layers: Range<Int>?
    /// How the table is made while training.
    public var reparameterization: Reparameterization
    /// The share of keys and values dropped in training.
    public var dropout: Float
    /// The prompt to go on from, which has a length and layers of its own; nil for a fresh one.
    public var start: FoldedPrompt?
    /// The stack that the layers belong to.
    public var stack: PromptStack
    /// Whether virtual tokens push the text's first position back by their number, as in PEFT; nil
    /// for where it has a meaning only: where they stand in the first layer.
    ///
    /// Above it a text that counts from 0 is below the prompt what the plain model makes of it.
    public var shiftsPositions: Bool?

    /// The method with some of its options.
    public init(
      promptLength: Int = 20, layers: Range<Int>? = nil,
      reparameterization: Reparameterization = .none, dropout: Float = 0.1,
      start: FoldedPrompt? = nil, stack: PromptStack = .encoder, shiftsPositions: Bool? = nil
    ) {
      self.promptLength = promptLength
      self.layers = layers
      self.reparameterization = reparameterization
      self.dropout = dropout
      self.start = start
      self.stack = stack
      self.shiftsPositions = shiftsPositions
    }

    /// The method with its usual options.
    public init() { self.init(promptLength: 20) }

    private var length: Int { start?.deepLength ?? promptLength }

    private var shifts: Bool {
      start?.deep?.shiftsPositions ?? shiftsPositions ?? (layers.map { $0.lowerBound == 0 } ?? true)
    }

    // Whether that is worth telling: a decoder's layers push nothing, nor did those that an older
    // version could not do without.
    private var countsFromZero: Bool { stack == .encoder && !shifts }
  }
}

extension PTuningV2.Settings {
  /// `p-tuning-v2`.
  public static var name: MethodName { .pTuningV2 }

  /// A hundredth.
  public static func usualPlan(writesTexts: Bool) -> UsualPlan { UsualPlan(learningRate: 1e-2) }

  /// Prefixes.
  public static var peftTypes: [String] { ["PREFIX_TUNING"] }

  /// What PEFT does to the prefixes of a decoder.
  public static var peftTextObstacle: String? {
    "PEFT gives several layers of a decoder the same keys and values"
  }

  /// The length, layers, first position, stack, perceptron, dropout and start.
  public var record: SettingsRecord {
    var hidden: Int?
    if case .mlp(let width) = reparameterization { hidden = width }
    return SettingsRecord([
      "prompt_length": .integer(length),
      "layers": layers.map { .list([.integer($0.lowerBound + 1), .integer($0.upperBound)]) },
      "first_position": countsFromZero ? .integer(0) : nil,
      "stack": stack == .encoder ? nil : .string(stack.rawValue),
      "reparameterization": hidden == nil ? nil : .string("mlp"),
      "reparameterization_width": hidden.map { .integer($0) },
      "dropout": .decimal(dropout),
      "start": .string(start == nil ? "random" : "prompt"),
      "start_sha256": (start?.deep?.table).map { .string($0.sha256) },
    ])
  }

  /// The length, layers, perceptron, dropout and stack.
  public static func words(of record: SettingsRecord) -> String {
    let range =
      record.integers("layers").map { $0.count == 2 ? "\($0[0] &- 1)..<\($0[1])" : "\($0)" }
      ?? record["layers"].map { "\($0)" } ?? "all"
    let perceptron =
      record.integer("reparameterization_width").map { "mlp(hidden: \($0))" } ?? "none"
    var dropout = 0.0
    if case .number(let value) = record["dropout"] { dropout = value }
    return "length \(record.integer("prompt_length") ?? 0), layers \(range), "
      + "reparameterization \(perceptron), dropout \(dropout)"
      + (record.string("stack") == PromptStack.decoder.rawValue ? ", in the decoder" : "")
      + (record["first_position"] == nil ? "" : fromZero)
  }

  private static let fromZero = ", positions from 0"

  /// The same, pushing the text back where a run of an older version did, which always did so.
  public func continuing(_ words: String) -> Self {
    guard countsFromZero, start == nil, shiftsPositions == nil, !words.hasSuffix(Self.fromZero)
    else { return self }
    var settings = self
    settings.shiftsPositions = true
    return settings
  }

  /// Virtual tokens in the layers of the stack that reads the text push it back by their number, if
  /// they do.
  public var occupiedPositions: Int { stack == .encoder && shifts ? length : 0 }

  /// Refuses layers that there are not, and a start of another shape.
  public func check(for shape: BackboneShape) throws {
    try TrainingError.checkDropout(dropout, "prompt dropout")
    let layerCount = shape.layerCount(of: stack)
    guard layerCount > 0 else {
      throw TrainingError.cannotTrain(method: name, reason: "the model has no decoder")
    }
    if let start { return try check(start, for: shape) }
    try TrainingError.checkCount(promptLength, "prompt length")
    if let layers, !(0..<layerCount).contains(layers) || layers.isEmpty {
      throw TrainingError.layersOutOfRange(
        first: layers.lowerBound + 1, last: layers.upperBound, layerCount: layerCount)
    }
    if case .mlp(let hidden) = reparameterization {
      try TrainingError.checkCount(hidden, "width of the perceptron", most: 1 << 16)
    }
  }

  private func check(_ start: FoldedPrompt, for shape: BackboneShape) throws {
    let layerCount = shape.layerCount(of: stack)
    guard let deep = start.deep, deep.stack == stack, deep.table.rows > 0,
      deep.table.columns == layerCount * 2 * shape.attentionWidth
    else {
      throw TrainingError.outOfRange(
        option: "prompt to start from", value: "one of another shape",
        expected: "a P-Tuning v2 prompt over \(layerCount) layers of width "
          + "\(shape.attentionWidth)")
    }
  }

  /// The size of the table, or that of the embedding and the perceptron.
  ///
  /// With length n, width d, hidden width h and columns c = layers × 2 × attention width: n c, or
  /// n d + h (d + 1) + c (h + 1).
  public func parameterCount(for shape: BackboneShape) -> Int {
    let prompted = start?.deep?.layers ?? layers ?? 0..<shape.layerCount(of: stack)
    let columns = prompted.count * 2 * shape.attentionWidth
    guard start == nil, case .mlp(let hidden) = reparameterization else {
      return length * columns
    }
    return length * shape.width + hidden * (shape.width + 1) + columns * (hidden + 1)
  }

  /// A fresh prompt, or one that goes on from another.
  public func make(for backbone: any Backbone, seed: UInt64) -> any PromptMethod {
    let size = PTuningV2.Size(
      layerCount: backbone.layerCount(of: stack), width: backbone.width,
      attentionWidth: backbone.attentionWidth, stack: stack)
    if let deep = start?.deep { return PTuningV2(deep, size: size, dropout: dropout) }
    return PTuningV2(
      promptLength: promptLength, layers: layers, size: size,
      reparameterization: reparameterization, dropout: dropout, shiftsPositions: !countsFromZero,
      seed: seed)
  }
}

extension MethodName {
  /// Keys and values in the layers.
  public static let pTuningV2 = MethodName(rawValue: "p-tuning-v2")
}

extension MethodSettings where Self == PTuningV2.Settings {
  /// P-Tuning v2: keys and values in a range of layers, counted from 0; all layers by default.
  public static func pTuningV2(
    promptLength: Int = 20, layers: Range<Int>? = nil,
    reparameterization: PTuningV2.Reparameterization = .none, dropout: Float = 0.1,
    start: FoldedPrompt? = nil, stack: PromptStack = .encoder
  ) -> PTuningV2.Settings {
    PTuningV2.Settings(
      promptLength: promptLength, layers: layers, reparameterization: reparameterization,
      dropout: dropout, start: start, stack: stack)
  }
}
