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
  init(
    training: String, validation: String?, test: String?, task: TaskDescription,
    labelMap: LabelMap, limit: Int?, console: OutputOptions
  ) throws {
    let training = URL(filePath: training)
    let (validation, test) = (validation.map { URL(filePath: $0) }, test.map { URL(filePath: $0) })
    var task = task
    guard task.text == nil else {
      func texts(
        _ url: URL, for purpose: TextToTextDataset.Purpose, limit: Int? = nil
      ) throws -> TextToTextDataset {
        let dataset = try TextToTextDataset(
          contentsOf: url, task: task, for: purpose, labelMap: labelMap, limit: limit)
        console.note(dataset.omissions, of: url, task)
        return dataset
      }
      let learnt = try texts(training, for: .training, limit: limit)
      if task.text?.readsLabels == true { task.labels = learnt.answers }
      self = .texts(
        training: learnt, validation: try validation.map { try texts($0, for: .evaluation) },
        test: try test.map { try texts($0, for: .evaluation) })
      return
    }
    func labelled(_ url: URL, limit: Int? = nil) throws -> Dataset {
      let dataset = try Dataset(contentsOf: url, task: task, labelMap: labelMap, limit: limit)
      console.note(dataset.omissions, of: url, task)
      return dataset
    }
    let learnt = try labelled(training, limit: limit)
    let labels = try LabelSpace(learnt.labels)
    func scored(_ url: URL) throws -> Dataset {
      let dataset = try labelled(url)
      _ = try dataset.labelIndices(in: labels)
      return dataset
    }
    self = .labelled(
      training: learnt, validation: try validation.map(scored), test: try test.map(scored))
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
