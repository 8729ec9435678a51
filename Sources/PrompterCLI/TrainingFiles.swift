// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterKernels

/// The data of a training run, of the kind that its task learns from.
struct TrainingFiles<Kind: TaskKind> {
  let kind: Kind
  let training: Kind.Examples
  let validation: Kind.Examples?
  let test: Kind.Examples?
  /// The labels that a user named, all of which should be there.
  var namedLabels: [String] = []

  /// Reads the files of a run, and makes sure that validation and test data have no other labels
  /// than the training data: a run of hours should not end in the first one that it cannot score.
  ///
  /// - Parameters:
  ///   - files: The files, and what of them is read.
  ///   - source: How they are read.
  ///   - seed: What draws and splits examples.
  /// - Throws: ``DataError``.
  init(_ files: TrainingFileOptions, _ source: DataSource<Kind>, seed: UInt64) throws {
    var training = try source.examples(files.train, for: .training, limit: files.limitFirst)
    var validation: Kind.Examples?
    if let share = files.validationSplit {
      let scored = try Self.scoredExamples(training, files, source)
      (training, validation) = try training.split(
        evaluation: scored, validationShare: share, seed: seed,
        isStratified: source.kind.isStratified)
    }
    // The same is validated on, however much is learnt from.
    if let limit = files.limit {
      training = training.drawn(limit, seed: seed, isStratified: source.kind.isStratified)
    }
    // What is wrong with the labels of the training data is told when training begins.
    let source = source.completed(by: training)
    validation =
      try files.validation.map { try source.examples($0, for: .evaluation) } ?? validation
    try validation.map(source.kind.check)
    test = try files.test.map { try source.examples($0, for: .evaluation) }
    try test.map(source.kind.check)
    kind = source.kind
    (self.training, self.validation) = (training, validation)
  }

  private init(
    _ kind: Kind, _ training: Kind.Examples, _ validation: Kind.Examples?, _ test: Kind.Examples?
  ) {
    (self.kind, self.training, self.validation, self.test) = (kind, training, validation, test)
  }

  // The examples that are scored may be others than those to learn from, so the file is read again.
  private static func scoredExamples(
    _ training: Kind.Examples, _ files: TrainingFileOptions, _ source: DataSource<Kind>
  ) throws -> Kind.Examples {
    guard source.kind.scoresOtherExamples else { return training }
    guard try FileKind.of(files.train) == .file else {
      throw UsageError(
        "--validation-split and --folds read \(files.train) twice here; give a file, not a pipe.")
    }
    return try source.quiet.examples(files.train, for: .evaluation, limit: files.limitFirst)
  }

  /// The data of each part of a cross-validation.
  func folds(
    _ count: Int, _ files: TrainingFileOptions, _ source: DataSource<Kind>, seed: UInt64
  ) throws -> [TrainingFiles] {
    let scored = try Self.scoredExamples(training, files, source)
    return try training.folds(
      count, evaluation: scored, seed: seed, isStratified: kind.isStratified
    ).map {
      TrainingFiles(kind, $0.training, $0.validation, test)
    }
  }

  /// The labels that a prompt may start from.
  var startLabels: [String] { kind.startLabels(in: training) }

  /// How much there is to train on.
  var size: TrainingSize {
    TrainingSize(
      examples: training.count, labels: kind.labelCount(in: training),
      isWritten: kind.task.isWritten, maximumLength: kind.usualMaximumLength)
  }

  /// What is odd about them.
  var warnings: [DataWarning] {
    DataWarning.all(
      training: training, validation: validation, test: test, hasLabels: kind.hasLabels)
      + [DataWarning.absent(namedLabels, in: training)].compactMap(\.self)
  }

  /// Trains on them.
  func train(
    _ trainer: Trainer, _ task: TaskDescription, folder: URL, resuming: Bool,
    report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    try trainer.train(
      task: task, training: training, validation: validation, folder: folder,
      resuming: resuming, report: report, isInterrupted: { ProcessStatus.wasInterrupted })
  }

  /// Checks that a prompt is the one that training on them would give.
  func check(_ prompt: Prompt, of trainer: Trainer, _ task: TaskDescription) throws {
    try trainer.check(prompt, task: task, training: training, validation: validation)
  }

  /// The scores of a predictor's prompt on the test split, if there is one.
  func testScore(of name: String, by predictor: Predictor) throws -> Evaluation? {
    try test.map { try predictor.evaluate(name, on: $0) }
  }
}

/// How the data files of a command are read.
struct DataSource<Kind: TaskKind> {
  var kind: Kind
  let form: FileForm
  let labelMap: LabelMap
  var console: OutputOptions

  /// The same without a word about what is not read.
  var quiet: DataSource {
    var quiet = self
    quiet.console.quiet = true
    return quiet
  }

  /// The same with what the training data tell of the task, if they tell enough.
  func completed(by training: Kind.Examples) -> DataSource {
    var source = self
    if let task = try? kind.completed(by: training) { source.kind = Kind(task) }
    return source
  }

  /// The examples of a file, the first ones if there is a limit.
  func examples(
    _ path: String, for purpose: ExamplePurpose, limit: Int? = nil
  ) throws -> Kind.Examples {
    let url = URL(filePath: path)
    let examples = try kind.examples(
      of: ExampleFile(url, form: form, labelMap: labelMap, limit: limit), for: purpose)
    console.note(examples.omissions, of: url, kind.task)
    return examples
  }
}

extension TaskKind {
  /// Whether parts of data have their share of each answer: of numbers that a head gives each may
  /// be the only one of its value.
  var isStratified: Bool { hasLabels || task.isWritten }
}
