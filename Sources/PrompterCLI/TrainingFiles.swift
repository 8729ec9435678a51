// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterKernels

/// The data of a training run, of the kind that its task learns from.
enum TrainingFiles {
  case labelled(training: Dataset, validation: Dataset?, test: Dataset?)
  case texts(
    training: TextToTextDataset, validation: TextToTextDataset?, test: TextToTextDataset?)

  /// Reads the files of a run.
  init(
    training: String, validation: String?, test: String?, task: TaskDescription, limit: Int?
  ) throws {
    let training = URL(filePath: training)
    let (validation, test) = (validation.map { URL(filePath: $0) }, test.map { URL(filePath: $0) })
    guard task.text == nil else {
      func texts(_ url: URL) throws -> TextToTextDataset {
        try TextToTextDataset(contentsOf: url, task: task, for: .evaluation)
      }
      self = .texts(
        training: try TextToTextDataset(
          contentsOf: training, task: task, for: .training, limit: limit),
        validation: try validation.map(texts), test: try test.map(texts))
      return
    }
    func labelled(_ url: URL) throws -> Dataset {
      try Dataset(contentsOf: url, fields: task.fields)
    }
    self = .labelled(
      training: try Dataset(contentsOf: training, fields: task.fields, limit: limit),
      validation: try validation.map(labelled), test: try test.map(labelled))
  }

  /// The labels that a prompt may start from.
  func labels(of task: TaskDescription) -> [String] {
    switch self {
    case .labelled(let training, _, _): training.labels
    case .texts(let training, _, _):
      task.text?.readsLabels == true ? training.answers : task.labels
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
