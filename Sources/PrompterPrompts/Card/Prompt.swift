// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
public import PrompterKernels
public import PrompterMethods
public import PrompterTasks
public import PrompterTensor

/// What training leaves: the trained artefact for one task, its head included.
public struct Prompt: Sendable {
  /// What the prompt is for, how it was trained and what it belongs to.
  public var card: PromptCard
  /// The vectors.
  public var folded: FoldedPrompt
  /// The layer that makes labels of what it pools; `nil` for a task whose answers are texts.
  public var head: Head?
  /// The backbone's weights under their names in the checkpoint, if they were fine-tuned.
  public var backboneWeights: [String: Tensor]?

  /// A trained classifier over one hidden state.
  public struct Head: Sendable {
    /// [labels, width].
    public var weight: Tensor
    /// [labels].
    public var bias: Tensor

    /// A head from its weight [labels, width] and bias [labels].
    public init(weight: Tensor, bias: Tensor) {
      self.weight = weight
      self.bias = bias
    }
  }

  /// A prompt from its parts.
  public init(
    card: PromptCard, folded: FoldedPrompt, head: Head?,
    backboneWeights: [String: Tensor]? = nil
  ) {
    self.card = card
    self.folded = folded
    self.head = head
    self.backboneWeights = backboneWeights
  }
}

/// The contents of prompter.json: what PEFT's files have no place for.
public struct PromptCard: Codable, Sendable, Equatable {
  /// What the prompt was trained on and belongs to.
  public struct BackboneIdentity: Codable, Sendable, Equatable {
    /// The model's folder name or reference, for people.
    public var name: String
    /// The family, as in `bert`.
    public var family: String
    /// The number of layers; 0 when it is not known, as in some prompts of PEFT's.
    public var layers: Int
    /// The width of hidden states.
    public var width: Int
    /// The number of attention heads; `nil` when it is not known.
    public var heads: Int?
    /// The number of weights; 0 when it is not known, as in a prompt of PEFT's.
    public var parameters: Int
    /// The SHA-256 of the weight files; `nil` when it is not known, as in a prompt of PEFT's.
    public var sha256: String?
    /// The width of keys and values, if it is not that of hidden states.
    public var attentionWidth: Int?
    /// The width of word embeddings, if it is not that of hidden states.
    public var embeddingWidth: Int?
    /// The number of layers of its decoder, if it has one; `nil` as well when it is not known.
    public var decoderLayers: Int?

    private enum CodingKeys: String, CodingKey {
      case name, family, layers, width, heads, parameters, sha256
      case attentionWidth = "attention_width"
      case embeddingWidth = "embedding_width"
      case decoderLayers = "decoder_layers"
    }

    /// An identity from its parts.
    public init(
      name: String, family: String, layers: Int, width: Int, heads: Int? = nil, parameters: Int,
      sha256: String?, attentionWidth: Int? = nil, embeddingWidth: Int? = nil,
      decoderLayers: Int? = nil
    ) {
      self.name = name
      self.family = family
      self.layers = layers
      self.width = width
      self.heads = heads
      self.parameters = parameters
      self.sha256 = sha256
      self.attentionWidth = attentionWidth
      self.embeddingWidth = embeddingWidth
      self.decoderLayers = decoderLayers
    }
  }

  /// The version of this layout.
  public private(set) var formatVersion: Int
  /// The method.
  public var method: MethodName
  /// The task, its labels included.
  public var task: TaskDescription
  /// The columns that its training data were read from; `nil` for data that had none, for a task
  /// whose template names its columns, and for a prompt of PEFT's or of an older version.
  public var columns: Fields?
  /// The virtual tokens, in each prompted layer or at the input.
  public var promptLength: Int
  /// The first and last prompted layer, counted from 1; `nil` for prompts at the input or none.
  public var promptLayers: [Int]?
  /// The stack that the prompted layers belong to; `nil` for the encoder.
  public var promptStack: PromptStack?
  /// The text's first position, 0, where virtual tokens in the layers do not push it back; `nil`
  /// where they do, and where there are none.
  public var firstPosition: Int?
  /// Where an input prompt stands; `nil` for before the text.
  public var placement: PromptPlacement?
  /// The virtual tokens before a decoder's input; `nil` for none.
  public var decoderPromptLength: Int?
  /// Whether the backbone's weights were trained beside vectors; `nil` for no, and where there are
  /// no vectors, for then the number of trained values tells.
  public var trainsBackbone: Bool?
  /// What the head reads; `nil` for a task whose answers are texts.
  public var pooling: Pooling?
  /// The tokens that a text may have.
  public var maximumLength: Int
  /// What becomes of longer texts; `nil` where they are cut.
  public var longTexts: LongTexts?
  /// What the prompt belongs to.
  public var backbone: BackboneIdentity
  /// The number of values that training changed, the head's included.
  public var trainableParameters: Int
  /// How it was trained; `nil` for a prompt of PEFT's.
  public var plan: TrainingPlan?
  /// What the factors of products with the model's weights were; `nil` when it is not known.
  public var precision: Precision?
  /// What it was trained with besides the plan; `nil` for a prompt of PEFT's or of an older
  /// version.
  public var training: TrainingRecord?
  /// The options of the command that trained it, its folder aside; `nil` where no command did.
  public var options: [String]?
  /// Why training ended before its time; `nil` if it did not.
  public var unfinished: UnfinishedTraining?
  /// The scores of each evaluation.
  public var history: [EpochReport]
  /// The evaluation whose parameters these are.
  public var best: BestReport?
  /// How the head was fitted to frozen states: where the training of a head alone ended, or that of
  /// a prompt began; `nil` where it was not.
  public var headFit: HeadFit?
  /// The majority baseline's scores on the validation data.
  public var baseline: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case method, task, columns, pooling, backbone, plan, precision, training, options
    case unfinished, history, best, baseline
    case promptLength = "prompt_length"
    case promptLayers = "prompt_layers"
    case promptStack = "prompt_stack"
    case firstPosition = "first_position"
    case placement = "prompt_placement"
    case headFit = "head_fit"
    case decoderPromptLength = "decoder_prompt_length"
    case trainsBackbone = "trains_backbone"
    case maximumLength = "maximum_length"
    case longTexts = "long_texts"
    case trainableParameters = "trainable_parameters"
  }

  /// A card from its parts.
  public init(
    method: MethodName, task: TaskDescription, columns: Fields? = nil, promptLength: Int,
    promptLayers: [Int]?, promptStack: PromptStack? = nil,
    firstPosition: Int? = nil, placement: PromptPlacement? = nil,
    decoderPromptLength: Int? = nil, trainsBackbone: Bool? = nil, pooling: Pooling?,
    maximumLength: Int, longTexts: LongTexts? = nil, backbone: BackboneIdentity,
    trainableParameters: Int,
    plan: TrainingPlan? = nil, precision: Precision? = nil, training: TrainingRecord? = nil,
    options: [String]? = nil, unfinished: UnfinishedTraining? = nil, history: [EpochReport] = [],
    best: BestReport? = nil, headFit: HeadFit? = nil, baseline: [String: Double] = [:]
  ) {
    self.method = method
    self.task = task
    self.columns = columns
    self.promptLength = promptLength
    self.promptLayers = promptLayers
    self.promptStack = promptStack
    self.firstPosition = firstPosition
    // What a version of before would pass over changes what is computed.
    formatVersion =
      longTexts != nil || task.verbalizer != nil ? 3 : firstPosition != nil ? 2 : 1
    self.placement = placement
    self.decoderPromptLength = decoderPromptLength
    self.trainsBackbone = trainsBackbone
    self.pooling = pooling
    self.maximumLength = maximumLength
    self.longTexts = longTexts
    self.backbone = backbone
    self.trainableParameters = trainableParameters
    self.plan = plan
    self.precision = precision
    self.training = training
    self.options = options
    self.unfinished = unfinished
    self.history = history
    self.best = best
    self.headFit = headFit
    self.baseline = baseline
  }

  /// The layers of the stack that keys and values stand in.
  ///
  /// PEFT's adapters do not tell the depth of a decoder: they have as many for it as
  /// its encoder has layers.
  var stackLayers: Int {
    promptStack == .decoder ? backbone.decoderLayers ?? backbone.layers : backbone.layers
  }

  /// Whether the prompt answers pairs of texts, rather than single ones; `nil` where nothing tells.
  public var isAboutPairs: Bool? {
    guard task.hasHead else { return nil }
    return columns.map { $0.pair != nil } ?? (task.preset == nil ? nil : task.isAboutPairs)
  }

  /// The labels in index order.
  public var labels: [String] { task.labels }

  /// What logits are divided by before they become probabilities, fitted to the validation data; 1
  /// where there were none.
  public var temperature: Temperature { best?.temperature.map { Temperature($0) } ?? .one }

  /// How the head's outputs are read, as the validation data told.
  public var calibration: Calibration {
    Calibration(temperature: temperature, threshold: best?.threshold ?? 0)
  }
}

/// What happened up to one evaluation.
public struct EpochReport: Codable, Sendable, Equatable {
  /// The epoch, counted from 1; fractional when evaluations fall inside epochs.
  public var epoch: Double
  /// The optimiser steps taken so far.
  public var step: Int
  /// The mean training loss since the evaluation before.
  public var loss: Double
  /// The validation scores by the metrics' names.
  public var metrics: [String: Double]
  /// The seconds since the evaluation before, scoring included.
  public var seconds: Double
  /// Training examples per second of training.
  public var examplesPerSecond: Double
  /// Training tokens per second of training, without virtual ones.
  public var tokensPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case epoch, step, loss, metrics, seconds
    case examplesPerSecond = "examples_per_second"
    case tokensPerSecond = "tokens_per_second"
  }

  /// A report from its parts.
  public init(
    epoch: Double, step: Int, loss: Double, metrics: [String: Double], seconds: Double,
    examplesPerSecond: Double, tokensPerSecond: Double
  ) {
    self.epoch = epoch
    self.step = step
    self.loss = loss
    self.metrics = metrics
    self.seconds = seconds
    self.examplesPerSecond = examplesPerSecond
    self.tokensPerSecond = tokensPerSecond
  }
}

/// Which evaluation a prompt's parameters come from.
public struct BestReport: Codable, Sendable, Equatable {
  /// The epoch, counted from 1.
  public var epoch: Double
  /// The validation scores there.
  public var metrics: [String: Double]
  /// What logits are divided by, so that the probabilities of the validation data are right on
  /// average; `nil` where answers have none, or of an older version.
  public var temperature: Double?
  /// How far above all other answers the score of having none must be to be the answer; `nil` where
  /// there always is one, or where the validation data told nothing.
  public var threshold: Double?

  /// A report from its parts.
  public init(
    epoch: Double, metrics: [String: Double], temperature: Double? = nil, threshold: Double? = nil
  ) {
    self.epoch = epoch
    self.metrics = metrics
    self.temperature = temperature
    self.threshold = threshold
  }
}
