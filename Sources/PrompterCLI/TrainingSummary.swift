// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterJSON
import PrompterKernels

/// What a training run ends with, for people and for programs.
struct TrainingSummary {
  let prompt: Prompt
  let seconds: Double
  let model: String
  let threads: Int
  let output: String
  let test: Evaluation?
  var warnings: [String] = []
  /// The training examples whose texts were too long; none where they were not read again.
  var longTexts = LongTextCounts()

  private var card: PromptCard { prompt.card }
  private var backboneParameters: Int { card.backbone.parameters }

  /// The object that `--json` prints.
  var json: JSONValue {
    let summary: JSONValue = [
      "method": .string(card.method.rawValue),
      "task": .string(card.task.name),
      "model": .string(model),
      "labels": JSONValue(card.labels),
      "trainable_parameters": .integer(card.trainableParameters),
      "backbone_parameters": .integer(backboneParameters),
      "pooling": JSONValue(card.pooling?.rawValue),
      "epochs": .array(card.history.map(Self.json)),
      "best": card.best.map {
        ["epoch": .number($0.epoch), "metrics": JSONValue($0.metrics)]
      } ?? .null,
      "selected_by": card.best?.metrics.isEmpty == false
        ? JSONValue(card.task.selectingMetric) : .null,
      "baseline": ["majority": JSONValue(card.baseline)],
      "seconds": .number(seconds),
      "peak_memory_bytes": .integer(ProcessStatus.peakMemory),
      "precision": .string((card.precision ?? .float32).rawValue),
      "threads": .integer(threads),
      "seed": card.plan.map { .integer(Int(clamping: $0.seed)) } ?? .null,
      "output": .string(output),
      "warnings": JSONValue(warnings),
    ]
    var whole = card.headFit.map { summary.adding("head_fit", Self.json(of: $0)) } ?? summary
    if longTexts.cut > 0 { whole = whole.adding("cut_texts", .integer(longTexts.cut)) }
    if longTexts.windowed > 0 {
      whole = whole.adding("windowed_texts", .integer(longTexts.windowed))
    }
    guard let test else { return whole }
    return whole.adding(
      "test",
      [
        "examples": .integer(test.examples), "metrics": JSONValue(test.metrics),
        "baseline": ["majority": JSONValue(test.baseline)],
      ])
  }

  private static func json(of report: EpochReport) -> JSONValue {
    [
      "epoch": .number(report.epoch),
      "step": .integer(report.step),
      "loss": .number(report.loss),
      "metrics": JSONValue(report.metrics),
      "seconds": .number(report.seconds),
      "examples_per_second": .number(report.examplesPerSecond),
      "tokens_per_second": .number(report.tokensPerSecond),
    ]
  }

  private static func json(of fit: HeadFit) -> JSONValue {
    [
      "l2": .number(fit.l2),
      "folds": .integer(fit.folds),
      "score": .number(fit.score),
      "loss": .number(fit.loss),
      "iterations": .integer(fit.iterations),
      "converged": .bool(fit.hasConverged),
      "seconds": .number(fit.seconds),
    ]
  }

  /// The lines that people read.
  var table: Table {
    var rows = [("Method", card.method.rawValue), ("Trained parameters", parameters)]
    if let fit = card.headFit { rows.append(("Head", Self.words(for: fit))) }
    if let best = card.best {
      if card.plan?.duration != .converged {
        rows.append(
          ("Best epoch", Text.fixed(best.epoch, best.epoch.rounded() == best.epoch ? 0 : 1)))
      }
      if !best.metrics.isEmpty { rows.append(("Validation", Text.scores(best.metrics))) }
    }
    if !card.baseline.isEmpty {
      rows.append(("Always the \(card.task.baselineName)", Text.scores(card.baseline)))
    }
    if let test {
      rows.append(("Test", Text.scores(test.metrics)))
      rows.append(("  always the \(card.task.baselineName)", Text.scores(test.baseline)))
    }
    rows += Text.rows(of: longTexts)
    rows.append(("Time", Text.time(seconds)))
    rows.append(("Saved in", output))
    rows.append(("PEFT", prompt.peftObstacle ?? "loads it as it is"))
    return .pairs(rows)
  }

  private static func words(for fit: HeadFit) -> String {
    (fit.iterations > 0 ? "fitted in \(fit.iterations) iterations" : "solved at once")
      + ", penalty \(Text.fixed(fit.l2, 5)) by \(fit.folds) folds"
      + (fit.hasConverged ? "" : ", not converged")
  }

  private var parameters: String {
    let share = Double(card.trainableParameters) / Double(max(1, backboneParameters))
    return "\(Text.count(card.trainableParameters)) (\(Text.percent(share)) of the backbone)"
  }
}
