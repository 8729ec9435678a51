// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterJSON

/// What an evaluation prints.
struct EvaluationReport {
  let model: String
  let precision: Precision
  let prompts: [LoadedPrompt]
  let evaluations: [Evaluation]
  var ensemble: EnsembleEvaluation?

  /// The object that `--json` prints; what stands outside `prompts` is the first prompt's.
  var json: JSONValue {
    guard let first = evaluations.first, let prompt = prompts.first else { return .null }
    let report: JSONValue = [
      "task": .string(prompt.prompt.card.task.name),
      "model": .string(model),
      "examples": .integer(first.examples),
      "metrics": JSONValue(first.metrics),
      "baseline": ["majority": JSONValue(first.baseline)],
      "seconds": .number(ensemble?.vote.seconds ?? evaluations.reduce(0) { $0 + $1.seconds }),
      "examples_per_second": .number((ensemble?.vote ?? first).examplesPerSecond),
      "precision": .string(precision.rawValue),
      "prompts": .array(zip(prompts, evaluations).map(Self.json)),
    ]
    guard let ensemble else { return report }
    return report.adding(
      "ensemble",
      [
        "prompts": .integer(prompts.count), "metrics": JSONValue(ensemble.vote.metrics),
        "average": JSONValue(ensemble.average), "best": JSONValue(ensemble.best),
      ])
  }

  private static func json(of prompt: LoadedPrompt, _ evaluation: Evaluation) -> JSONValue {
    var report: JSONValue = [
      "name": .string(prompt.name),
      "path": .string(prompt.path),
      "task": .string(prompt.prompt.card.task.name),
      "method": .string(prompt.prompt.card.method.rawValue),
      "metrics": JSONValue(evaluation.metrics),
      "seconds": .number(evaluation.seconds),
      "examples_per_second": .number(evaluation.examplesPerSecond),
    ]
    if let label = prompt.prompt.card.task.positiveLabel {
      report = report.adding("f1_label", .string(label))
    }
    if let share = evaluation.illegalShare { report = report.adding("illegal", .number(share)) }
    let long = evaluation.longTexts
    if long.cut > 0 { report = report.adding("cut_texts", .integer(long.cut)) }
    if long.windowed > 0 { report = report.adding("windowed_texts", .integer(long.windowed)) }
    if let scores = evaluation.probabilityScores {
      report = report.adding(
        "calibration",
        [
          "expected_calibration_error": .number(scores.expectedCalibrationError()),
          "brier_score": .number(scores.brierScore), "log_loss": .number(scores.logLoss),
        ])
    }
    if let spans = evaluation.spans {
      report = report.adding(
        "entities", .array(spans.map { json(of: $0.scores, named: "type", $0.type) }))
    }
    guard let confusion = evaluation.confusion else { return report }
    let scores = zip(evaluation.labels, confusion.classScores).map {
      json(of: $1, named: "label", $0)
    }
    let count = evaluation.labels.count
    let rows = (0..<count).map { reference in
      JSONValue((0..<count).map { confusion[reference: reference, prediction: $0] })
    }
    return report.adding("labels", .array(scores)).adding("confusion", .array(rows))
  }

  private static func json(
    of scores: ConfusionMatrix.ClassScores, named name: String, _ value: String
  ) -> JSONValue {
    .object([JSONValue.Member(name: name, value: .string(value))])
      .adding("precision", .number(scores.precision)).adding("recall", .number(scores.recall))
      .adding("f1", .number(scores.f1)).adding("support", .integer(scores.support))
  }

  /// The tables that people read.
  var text: String {
    (zip(prompts, evaluations).map(Self.text) + (ensemble.map { [Self.table(of: $0).text] } ?? []))
      .joined(separator: "\n\n")
  }

  // More columns than this fit no terminal.
  private static let largestMatrix = 12

  private static func text(of prompt: LoadedPrompt, _ evaluation: Evaluation) -> String {
    let card = prompt.prompt.card
    var rows = [
      ("Prompt", "\(prompt.name) (\(card.task.name), \(card.method.rawValue))"),
      ("Score", Text.scores(evaluation.metrics)),
      ("Always the \(card.task.baselineName)", Text.scores(evaluation.baseline)),
    ]
    if let label = card.task.positiveLabel {
      rows.append(("F1 is that of", Text.clipped(label, to: 40)))
    }
    if let scores = evaluation.probabilityScores {
      rows.append(
        (
          "Probabilities",
          "calibration error \(Text.score(scores.expectedCalibrationError())), Brier score "
            + "\(Text.score(scores.brierScore)), log loss \(Text.score(scores.logLoss))"
        ))
    }
    if let share = evaluation.illegalShare {
      rows.append(("Answers no label", Text.percent(share)))
    }
    rows.append(("Examples", Text.count(evaluation.examples)))
    rows += Text.rows(of: evaluation.longTexts)
    if evaluation.seconds > 0 {
      rows.append(
        (
          "Time",
          "\(Text.time(evaluation.seconds)) "
            + "(\(Text.fixed(evaluation.examplesPerSecond, 0)) examples/s)"
        ))
    }
    var parts = [Table.pairs(rows).text]
    if let spans = evaluation.spans {
      parts.append(classes("Type", spans.map(\.type), spans.map(\.scores), of: "There").text)
    }
    if let confusion = evaluation.confusion {
      parts.append(
        classes("Label", evaluation.labels, confusion.classScores, of: "Examples").text)
      if evaluation.labels.count <= largestMatrix {
        parts.append(matrix(evaluation.labels, confusion).text)
      }
    }
    return parts.joined(separator: "\n\n")
  }

  private static func table(of ensemble: EnsembleEvaluation) -> Table {
    .pairs([
      ("Together", "\(ensemble.members.count) prompts"),
      ("Average", Text.scores(ensemble.average)), ("Best", Text.scores(ensemble.best)),
      ("Vote", Text.scores(ensemble.vote.metrics)), ("Time", Text.time(ensemble.vote.seconds)),
    ])
  }

  private static func classes(
    _ name: String, _ labels: [String], _ scores: [ConfusionMatrix.ClassScores], of what: String
  ) -> Table {
    var table = Table([
      (name, .left), ("Precision", .right), ("Recall", .right), ("F1", .right), (what, .right),
    ])
    for (label, scores) in zip(labels, scores) {
      table.add([
        Text.clipped(label, to: 40), Text.score(scores.precision), Text.score(scores.recall),
        Text.score(scores.f1), Text.count(scores.support),
      ])
    }
    return table
  }

  private static func matrix(_ labels: [String], _ confusion: ConfusionMatrix) -> Table {
    let names = labels.map { Text.clipped($0, to: 14) }
    var table = Table([("True \\ answered", .left)] + names.map { ($0, .right) })
    for (reference, name) in names.enumerated() {
      table.add(
        [name] + names.indices.map { "\(confusion[reference: reference, prediction: $0])" })
    }
    return table
  }
}
