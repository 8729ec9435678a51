// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PrompterCore
public import PrompterKernels
public import PrompterMethods
public import PrompterPrompts
public import PrompterTasks

/// Trains prompts for one backbone.
///
/// The same seed, data, plan and number of threads give the same prompt, bit for bit, also when
/// training was killed and resumed.
///
/// ```swift
/// let trainer = Trainer(
///   model: miniLM, method: .pTuningV2(promptLength: 20),
///   plan: TrainingPlan(duration: .epochs(5), learningRate: 1e-2))
/// let outcome = try trainer.train(
///   task: task, training: training, validation: validation, report: { print($0) })
/// try outcome.prompt.write(to: URL(filePath: "prompts/sentiment"))
/// ```
public struct Trainer: Sendable {
  /// The backbone and its tokenizer.
  public let model: PretrainedModel
  /// The method and its options.
  public private(set) var method: any MethodSettings
  /// Everything else that decides the result.
  public let plan: TrainingPlan
  /// What the head reads.
  public private(set) var pooling: Pooling
  /// Whether that was said, rather than taken from the model's folder.
  let isPoolingChosen: Bool
  /// The bytes of memory for hidden states below the prompts.
  ///
  /// More than that goes to a file, and with 0 nothing is kept. It decides how fast training
  /// is, not what comes out.
  public let cacheMemory: Int

  /// A trainer.
  ///
  /// - Parameters:
  ///   - model: The backbone. Fine-tuning trains a copy of it.
  ///   - method: The method and its options.
  ///   - plan: Everything else that decides the result.
  ///   - pooling: What the head reads; what the checkpoint says by default.
  ///   - cacheMemory: The bytes of memory for hidden states below the prompts, 1 GiB by default.
  public init(
    model: PretrainedModel, method: some MethodSettings, plan: TrainingPlan,
    pooling: Pooling? = nil,
    cacheMemory: Int = 1 << 30
  ) {
    self.model = model
    self.method = method
    self.plan = plan
    self.pooling = pooling ?? model.defaultPooling
    isPoolingChosen = pooling != nil
    self.cacheMemory = cacheMemory
  }

  /// What the factors of products with the model's weights are.
  public var precision: Precision {
    method.trainsBackbone ? model.trainedPrecision : model.precision
  }

  /// Trains a prompt.
  ///
  /// - Parameters:
  ///   - task: The task; what only the training data tell, such as labels, is read from them.
  ///   - training: Examples with answers, of the task's kind.
  ///   - validation: Examples that choose the best prompt; without them it is the last. Where
  ///     answers are written, they are written greedily.
  ///   - folder: Where the state is saved from time to time, so that a killed run can be resumed.
  ///   - resuming: Whether to go on from the state in the folder, if there is one.
  ///   - report: Told of every step.
  ///   - isInterrupted: Asked after each step; training saves its state and ends when it is true.
  /// - Returns: The best prompt.
  /// - Throws: ``TrainingError`` for a plan that cannot be carried out or a loss that is no number;
  ///   ``DataError`` for an answer that is none of the task's; errors of reading and writing.
  public func train<Examples: ExampleSet>(
    task: TaskDescription, training: Examples, validation: Examples? = nil, folder: URL? = nil,
    resuming: Bool = false, report: (TrainingEvent) -> Void = { _ in },
    isInterrupted: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    var trainer = self
    if resuming, let words = try folder.flatMap(TrainingSession.methodWords) {
      trainer.method = method.continuing(words)
    }
    let session = try trainer.session(task, training, validation, folder: folder)
    return try session.run(resuming: resuming, isInterrupted: isInterrupted, report: report)
  }

  /// Checks that a finished prompt is the one that a training would give.
  ///
  /// - Parameters:
  ///   - prompt: The prompt.
  ///   - task: The task of the training.
  ///   - training: Its examples.
  ///   - validation: The examples that choose its best prompt.
  /// - Throws: ``TrainingError/promptOfAnotherRun(difference:)`` with the first
  ///   setting that differs.
  public func check<Examples: ExampleSet>(
    _ prompt: Prompt, task: TaskDescription, training: Examples, validation: Examples? = nil
  ) throws {
    // Before what is wrong with data that the prompt was not trained on.
    try prompt.card.check(labels: try labels(of: task.asked(), training))
    var trainer = self
    if let record = prompt.card.training?.method {
      trainer.method = method.continuing(type(of: method).words(of: record))
    }
    try trainer.session(task, training, validation, folder: nil).check(prompt.card)
  }

  private func labels<Kind: TaskKind>(
    of kind: Kind, _ training: some ExampleSet
  ) throws -> [String] {
    kind.task.labels.isEmpty ? try kind.startLabels(in: kind.own(training)) : kind.task.labels
  }

  private func session<Examples: ExampleSet>(
    _ task: TaskDescription, _ training: Examples, _ validation: Examples?, folder: URL?
  ) throws -> TrainingSession {
    let kind = try task.asked()
    try check(kind, hasValidation: validation != nil)
    if let kind = kind as? any HeadKind {
      return try session(head: kind, training, validation, folder)
    }
    guard let kind = kind as? any WriterKind else {
      preconditionFailure("A kind of task has a head or is written.")
    }
    return try session(writer: kind, training, validation, folder)
  }

  private func session<Kind: HeadKind, Examples: ExampleSet>(
    head kind: Kind, _ training: Examples, _ validation: Examples?, _ folder: URL?
  ) throws -> TrainingSession {
    let (checked, training, validation) = try checked(kind, training, validation)
    let kind = Kind(try checked.completed(for: model.backbone, by: model.tokenizer))
    var trainer = self
    if let pooling = kind.pooling { trainer.pooling = pooling }
    return try TrainingSession(trainer: trainer, task: kind.task, folder: folder) {
      try HeadObjective(kind, training: training, validation: validation, in: $0)
    }
  }

  private func session<Kind: WriterKind, Examples: ExampleSet>(
    writer kind: Kind, _ training: Examples, _ validation: Examples?, _ folder: URL?
  ) throws -> TrainingSession {
    let (kind, training, validation) = try checked(kind, training, validation)
    return try TrainingSession(trainer: self, task: kind.task, folder: folder) {
      try WriterObjective(kind, training: training, validation: validation, in: $0)
    }
  }

  // The kind with what the training data tell, and examples that it knows.
  private func checked<Kind: TaskKind, Examples: ExampleSet>(
    _ kind: Kind, _ training: Examples, _ validation: Examples?
  ) throws -> (Kind, Kind.Examples, Kind.Examples?) {
    let training = try kind.own(training)
    let validation = try validation.map { try kind.own($0) }
    let kind = Kind(try kind.completed(by: training))
    try kind.check(training)
    try validation.map { try kind.check($0) }
    return (kind, training, validation)
  }
}

extension PromptCard {
  fileprivate func check(labels wanted: [String]) throws {
    func words(_ labels: [String]) -> [String: String] {
      ["labels": labels.joined(separator: ", ")]
    }
    if let difference = firstDifference(words(labels), words(wanted)) {
      throw TrainingError.promptOfAnotherRun(difference: difference)
    }
  }
}

extension TrainingSession {
  /// Checks that a finished prompt is the one that this run would give.
  fileprivate func check(_ card: PromptCard) throws {
    var wanted = settings
    if card.training == nil {
      // Of an older version or of PEFT's: what can be compared comes first.
      let known = card.settings
      wanted = wanted.filter { known[$0.key] != nil }
    }
    var difference = firstDifference(card.settings, wanted)
    if difference == nil, card.training == nil {
      difference = "it does not say what data and options it was trained with"
    }
    // What has no name of its own among the settings is compared all the same.
    var plan = plan
    plan.isPinned = card.plan?.isPinned ?? plan.isPinned
    if difference == nil, card.plan != plan { difference = "its plan is another" }
    if difference == nil, card.training != record { difference = "its method's options are others" }
    if let difference { throw TrainingError.promptOfAnotherRun(difference: difference) }
  }
}
