// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterJSON
import PrompterKernels

extension TrainCommand {
  /// Trains a prompt for each fold, in a folder of its own, and prints what they score together.
  ///
  /// - Parameters:
  ///   - folds: The data of each.
  ///   - trainer: The trainer of all.
  ///   - task: The task, with the labels of all folds.
  ///   - folder: The folder of their folders.
  /// - Throws: What training one of them throws.
  func crossValidate(
    _ folds: [TrainingFiles<some TaskKind>], _ trainer: Trainer, _ task: TaskDescription,
    in folder: OutputFolder
  ) throws {
    var summaries: [TrainingSummary] = []
    for (index, data) in folds.enumerated() {
      let name = "fold-\(index + 1)"
      console.note("Fold \(index + 1) of \(folds.count), in \(folder.path)/\(name):")
      let place = OutputFolder("\(folder.path)/\(name)")
      try place.prepared(resuming: target.resume, overwriting: target.overwrite, console) {
        summaries.append(try summary(of: trainer, task, data, in: place))
      }
    }
    let whole = CrossValidationSummary(folds: summaries, output: folder.path)
    try Output.write(console.json ? whole.json.line : whole.table.text)
  }
}

/// What the prompts of a cross-validation score.
struct CrossValidationSummary {
  let folds: [TrainingSummary]
  let output: String

  /// The mean of numbers, and the deviation of one of them from it.
  struct Spread: Equatable {
    let mean: Double
    /// The root of the squared deviations' sum over one less than there are numbers.
    let deviation: Double

    init(_ values: [Double]) {
      let count = Double(max(1, values.count))
      let mean = values.reduce(0, +) / count
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      self.mean = mean
      deviation = (squares / max(1, count - 1)).squareRoot()
    }
  }

  /// The spread of each metric that all folds have.
  static func spreads(of metrics: [[String: Double]]) -> [String: Spread] {
    (metrics.first ?? [:]).keys.reduce(into: [:]) { spreads, name in
      let values = metrics.compactMap { $0[name] }
      if values.count == metrics.count { spreads[name] = Spread(values) }
    }
  }

  private var validation: [String: Spread] {
    Self.spreads(of: folds.map { $0.prompt.card.best?.metrics ?? [:] })
  }

  private var test: [String: Spread] { Self.spreads(of: folds.map { $0.test?.metrics ?? [:] }) }

  private var baseline: [String: Spread] { Self.spreads(of: folds.map(\.prompt.card.baseline)) }

  private var seconds: Double { folds.reduce(0) { $0 + $1.seconds } }

  /// The object that `--json` prints.
  var json: JSONValue {
    let summary: JSONValue = [
      "folds": .array(folds.map(\.json)),
      "mean": JSONValue(validation.mapValues(\.mean)),
      "deviation": JSONValue(validation.mapValues(\.deviation)),
      "baseline": ["majority": JSONValue(baseline.mapValues(\.mean))],
      "seconds": .number(seconds),
      "output": .string(output),
    ]
    guard !test.isEmpty else { return summary }
    return summary.adding(
      "test",
      [
        "mean": JSONValue(test.mapValues(\.mean)),
        "deviation": JSONValue(test.mapValues(\.deviation)),
      ])
  }

  /// The lines that people read.
  var table: Table {
    var rows = [("Folds", "\(folds.count)"), ("Validation", Self.text(of: validation))]
    let name = folds.first?.prompt.card.task.baselineName ?? "majority"
    rows.append(("Always the \(name)", Text.scores(baseline.mapValues(\.mean))))
    if !test.isEmpty { rows.append(("Test", Self.text(of: test))) }
    rows += [("Time", Text.time(seconds)), ("Saved in", "\(output)/fold-1 to fold-\(folds.count)")]
    return .pairs(rows)
  }

  private static func text(of spreads: [String: Spread]) -> String {
    spreads.sorted { $0.key < $1.key }.map { name, spread in
      "\(name) \(Text.fixed(spread.mean, 4)) ± \(Text.fixed(spread.deviation, 4))"
    }.joined(separator: ", ")
  }
}
