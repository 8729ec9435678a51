// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PrompterCore
public import PrompterKernels
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
  public let method: MethodChoice
  /// Everything else that decides the result.
  public let plan: TrainingPlan
  /// What the head reads.
  public let pooling: Pooling
  /// The bytes of memory for hidden states below the prompts.
  ///
  /// More than that goes to a file, and with 0 nothing is kept. It decides how fast training is, not what comes out.
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
    model: PretrainedModel, method: MethodChoice, plan: TrainingPlan, pooling: Pooling? = nil,
    cacheMemory: Int = 1 << 30
  ) {
    self.model = model
    self.method = method
    self.plan = plan
    self.pooling = pooling ?? model.defaultPooling
    self.cacheMemory = cacheMemory
  }

  /// What the factors of products with the model's weights are.
  public var precision: Precision {
    method.name == .fineTuning ? model.precision.ofTrainedWeights : model.precision
  }

  /// Trains a prompt.
  ///
  /// - Parameters:
  ///   - task: The task; its labels are read from the training data if it has none.
  ///   - training: Labelled examples.
  ///   - validation: Labelled examples that choose the best prompt; without them it is the last.
  ///   - folder: Where the state is saved from time to time, so that a killed run can be resumed.
  ///   - resuming: Whether to go on from the state in the folder, if there is one.
  ///   - report: Told of every step.
  ///   - isInterrupted: Asked after each step; training saves its state and ends when it is true.
  /// - Returns: The best prompt.
  /// - Throws: ``TrainingError`` for a plan that cannot be carried out or a loss that is no number;
  ///   ``DataError`` for a label of the validation data that is none of the task's; errors of reading
  ///   and writing.
  public func train(
    task: TaskDescription, training: Dataset, validation: Dataset? = nil, folder: URL? = nil,
    resuming: Bool = false, report: (TrainingEvent) -> Void = { _ in },
    isInterrupted: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    try check(hasHead: true)
    var task = task
    if task.labels.isEmpty { task.labels = training.labels }
    guard !training.examples.isEmpty else { throw TrainingError.tooFewLabels([]) }
    guard task.labels.count > 1 else { throw TrainingError.tooFewLabels(task.labels) }
    let session = try TrainingSession(trainer: self, task: task, folder: folder) {
      try ClassificationObjective(task, training: training, validation: validation, in: $0)
    }
    return try session.run(resuming: resuming, isInterrupted: isInterrupted, report: report)
  }

  /// Trains a prompt for a task whose answers are texts.
  ///
  /// - Parameters:
  ///   - task: The task; it says how examples are put and answers scored.
  ///   - training: Texts with their answers.
  ///   - validation: Texts with their answers that choose the best prompt, greedily written; without
  ///     them it is the last.
  ///   - folder: Where the state is saved from time to time, so that a killed run can be resumed.
  ///   - resuming: Whether to go on from the state in the folder, if there is one.
  ///   - report: Told of every step.
  ///   - isInterrupted: Asked after each step; training saves its state and ends when it is true.
  /// - Returns: The best prompt.
  /// - Throws: ``TrainingError`` for a plan that cannot be carried out or a loss that is no number;
  ///   ``DataError`` for a label of the validation data that is none of the task's; errors of reading
  ///   and writing.
  public func train(
    task: TaskDescription, training: TextToTextDataset, validation: TextToTextDataset? = nil,
    folder: URL? = nil, resuming: Bool = false, report: (TrainingEvent) -> Void = { _ in },
    isInterrupted: () -> Bool = { false }
  ) throws -> TrainingOutcome {
    try check(hasHead: false)
    guard !training.examples.isEmpty else { throw TrainingError.noExamples }
    var task = task
    if task.labels.isEmpty, task.text?.readsLabels == true {
      task.labels = training.answers
      guard task.labels.count > 1 else { throw TrainingError.tooFewLabels(task.labels) }
    }
    try training.check(labels: task.labels)
    try validation?.check(labels: task.labels)
    let session = try TrainingSession(trainer: self, task: task, folder: folder) {
      try TextObjective(task, training: training, validation: validation, in: $0)
    }
    return try session.run(resuming: resuming, isInterrupted: isInterrupted, report: report)
  }
}
