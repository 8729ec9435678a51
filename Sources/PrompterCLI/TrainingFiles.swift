// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterKernels

/// The data of a training run, of the kind that its task learns from.
enum TrainingFiles {
  case labelled(training: Dataset, validation: Dataset?, test: Dataset?)
  case texts(
    training: TextToTextDataset, validation: TextToTextDataset?, test: TextToTextDataset?)

  /// Reads the files of a run, and makes sure that validation and test data have no other labels than
  /// the training data: a run of hours should not end in the first one that it cannot score.
  ///
  /// - Parameters:
  ///   - files: The files, and what of them is read.
  ///   - source: How they are read.
  ///   - seed: What draws and splits examples.
  /// - Throws: ``DataError``.
  init(_ files: TrainingFileOptions, _ source: DataSource, seed: UInt64) throws {
    self =
      source.task.text == nil
      ? try .labelled(files, source, seed: seed) : try .texts(files, source, seed: seed)
  }

  private static func labelled(
    _ files: TrainingFileOptions, _ source: DataSource, seed: UInt64
  ) throws -> TrainingFiles {
    var training = try source.labelled(files.train, limit: files.limitFirst)
    var validation: Dataset?
    if let share = files.validationSplit {
      (training, validation) = try training.split(validationShare: share, seed: seed)
    }
    // The same is validated on, however much is learnt from.
    if let limit = files.limit { training = training.drawn(limit, seed: seed) }
    let labels = try LabelSpace(training.labels)
    func checked(_ dataset: Dataset) throws -> Dataset {
      _ = try dataset.labelIndices(in: labels)
      return dataset
    }
    validation = try files.validation.map { try source.labelled($0) } ?? validation
    return .labelled(
      training: training, validation: try validation.map(checked),
      test: try files.test.map { try checked(source.labelled($0)) })
  }

  private static func texts(
    _ files: TrainingFileOptions, _ source: DataSource, seed: UInt64
  ) throws -> TrainingFiles {
    var source = source
    var training = try source.texts(files.train, for: .training, limit: files.limitFirst)
    var validation: TextToTextDataset?
    if let share = files.validationSplit {
      let scored = try scoredTexts(files, source)
      (training, validation) = try training.split(
        evaluation: scored, validationShare: share, seed: seed)
    }
    if let limit = files.limit { training = training.drawn(limit, seed: seed) }
    if source.task.text?.readsLabels == true { source.task.labels = training.answers }
    validation = try files.validation.map { try source.texts($0, for: .evaluation) } ?? validation
    return .texts(
      training: training, validation: validation,
      test: try files.test.map { try source.texts($0, for: .evaluation) })
  }

  // The examples that are scored may be others than those to learn from, so the file is read again.
  private static func scoredTexts(
    _ files: TrainingFileOptions, _ source: DataSource
  ) throws -> TextToTextDataset {
    guard try FileKind.of(files.train) == .file else {
      throw UsageError(
        "--validation-split and --folds read \(files.train) twice here; give a file, not a pipe.")
    }
    return try source.quiet.texts(files.train, for: .evaluation, limit: files.limitFirst)
  }

  /// The data of each part of a cross-validation.
  func folds(
    _ count: Int, _ files: TrainingFileOptions, _ source: DataSource, seed: UInt64
  ) throws -> [TrainingFiles] {
    switch self {
    case .labelled(let training, _, let test):
      return try training.folds(count, seed: seed).map {
        .labelled(training: $0.training, validation: $0.validation, test: test)
      }
    case .texts(let training, _, let test):
      let scored = try Self.scoredTexts(files, source)
      return try training.folds(count, evaluation: scored, seed: seed).map {
        .texts(training: $0.training, validation: $0.validation, test: test)
      }
    }
  }

  /// The labels that a prompt may start from.
  func labels(of task: TaskDescription) -> [String] {
    switch self {
    case .labelled(let training, _, _): training.labels
    case .texts(let training, _, _):
      task.text?.readsLabels == true ? training.answers : task.labels
    }
  }

  /// How much there is to train on.
  var size: TrainingSize {
    switch self {
    case .labelled(let training, _, _):
      TrainingSize(examples: training.examples.count, labels: training.labels.count)
    case .texts(let training, _, _): TrainingSize(examples: training.examples.count)
    }
  }

  /// What is odd about them.
  func warnings(for task: TaskDescription) -> [DataWarning] {
    switch self {
    case .labelled(let training, let validation, let test):
      DataWarning.all(training: training, validation: validation, test: test)
    case .texts(let training, let validation, let test):
      DataWarning.all(
        training: training, validation: validation, test: test,
        hasLabels: task.text?.readsLabels == true || !task.labels.isEmpty)
    }
  }

  /// Trains on them.
  func train(
    _ trainer: Trainer, _ task: TaskDescription, folder: URL, resuming: Bool,
    report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    switch self {
    case .labelled(let training, let validation, _):
      try trainer.train(
        task: task, training: training, validation: validation, folder: folder,
        resuming: resuming, report: report, isInterrupted: { ProcessStatus.wasInterrupted })
    case .texts(let training, let validation, _):
      try trainer.train(
        task: task, training: training, validation: validation, folder: folder,
        resuming: resuming, report: report, isInterrupted: { ProcessStatus.wasInterrupted })
    }
  }

  /// Checks that a prompt is the one that training on them would give.
  func check(_ prompt: Prompt, of trainer: Trainer, _ task: TaskDescription) throws {
    switch self {
    case .labelled(let training, let validation, _):
      try trainer.check(prompt, task: task, training: training, validation: validation)
    case .texts(let training, let validation, _):
      try trainer.check(prompt, task: task, training: training, validation: validation)
    }
  }

  /// Whether there is a test split.
  var hasTest: Bool {
    switch self {
    case .labelled(_, _, let test): test != nil
    case .texts(_, _, let test): test != nil
    }
  }

  /// The scores of a predictor's prompt on the test split.
  func testScore(of name: String, by predictor: Predictor) throws -> Evaluation? {
    switch self {
    case .labelled(_, _, let test): try test.map { try predictor.evaluate(name, on: $0) }
    case .texts(_, _, let test): try test.map { try predictor.evaluate(name, on: $0) }
    }
  }
}

/// How the data files of a command are read.
struct DataSource {
  var task: TaskDescription
  let form: FileForm
  let labelMap: LabelMap
  var console: OutputOptions

  /// The same without a word about what is not read.
  var quiet: DataSource {
    var quiet = self
    quiet.console.quiet = true
    return quiet
  }

  /// The examples of a file, the first ones if there is a limit.
  func labelled(_ path: String, limit: Int? = nil) throws -> Dataset {
    let url = URL(filePath: path)
    let dataset = try Dataset(
      contentsOf: url, task: task, form: form, labelMap: labelMap, limit: limit)
    console.note(dataset.omissions, of: url, task)
    return dataset
  }

  /// The examples of a file with texts for answers.
  func texts(
    _ path: String, for purpose: TextToTextDataset.Purpose, limit: Int? = nil
  ) throws -> TextToTextDataset {
    let url = URL(filePath: path)
    let dataset = try TextToTextDataset(
      contentsOf: url, task: task, for: purpose, form: form, labelMap: labelMap, limit: limit)
    console.note(dataset.omissions, of: url, task)
    return dataset
  }
}
