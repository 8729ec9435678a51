// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterJSON

/// Tells a person how training goes: on a terminal one line that is rewritten, else a line for each
/// evaluation.
final class TrainingMonitor {
  private let metric: String?
  private let isQuiet: Bool
  private let isLive: Bool
  private let width: Int
  private let write: (String) -> Void
  private let clock = ContinuousClock()
  private var lastDrawn: ContinuousClock.Instant?
  private var hasLine = false
  private var best: String?

  /// A monitor that writes to standard error unless told otherwise.
  init(
    metric: String?, isQuiet: Bool, isLive: Bool, width: Int,
    write: @escaping (String) -> Void = Output.noteRaw
  ) {
    self.metric = metric
    self.isQuiet = isQuiet
    self.isLive = isLive
    self.width = width
    self.write = write
  }

  /// Takes note of what happened.
  func note(_ event: TrainingEvent) {
    switch event {
    case .started(let start): begin(start)
    case .step(let step): draw(step)
    case .evaluated(let report, let isBest): tell(report, isBest: isBest)
    case .saved, .diverged: break
    }
  }

  /// Leaves the terminal's line empty.
  func finish() {
    guard hasLine else { return }
    write("\r\u{1B}[K")
    hasLine = false
  }

  private func begin(_ start: TrainingStart) {
    guard !isQuiet else { return }
    let share = Double(start.trainableParameters) / Double(max(1, start.backboneParameters))
    let values =
      "\(Text.count(start.trainableParameters)) values (\(Text.percent(share)) of the backbone)"
    writeLine(
      start.fitsHead
        ? "Fitting \(values) to \(Text.count(start.examples)) examples."
        : "Training \(values) on \(Text.count(start.examples)) examples in "
          + "\(Text.count(start.stepCount)) steps.")
    if let cache = start.cache {
      writeLine(
        "The states after layer \(cache.layers) are computed once and kept in "
          + "\(cache.isOnDisk ? "a temporary file" : "memory") (\(Text.bytes(cache.byteCount))).")
    }
    if let step = start.resumedStep { writeLine("Going on from step \(step).") }
    for (count, end) in [
      (start.longTexts.cut, "were cut"), (start.longTexts.windowed, "are read in windows"),
    ] where count > 0 {
      writeLine(
        "\(Text.count(count)) of \(Text.count(start.examples)) training texts are longer than "
          + "--max-length and \(end).")
    }
    for warning in start.warnings { writeLine("\(warning)".escapingControls()) }
  }

  // Ten times a second is as much as an eye follows.
  private func draw(_ step: StepReport) {
    guard isLive, !isQuiet else { return }
    let now = clock.now
    if let lastDrawn, now - lastDrawn < .milliseconds(100), step.step < step.stepCount { return }
    lastDrawn = now
    let line = ProgressBar(width: width).line(for: step, best: best)
    // Without wrapping, a terminal narrower than the environment says keeps it on one line too.
    write("\r\u{1B}[?7l\(line)\u{1B}[K\u{1B}[?7h")
    hasLine = true
  }

  private func tell(_ report: EpochReport, isBest: Bool) {
    if let metric, isBest, let value = report.metrics[metric] {
      best = "best \(metric) \(Text.score(value))"
    }
    guard !isQuiet else { return }
    finish()
    var parts = [
      "epoch \(Text.fixed(report.epoch, 1))", "step \(report.step)",
      "loss \(Text.fixed(report.loss, 4))",
    ]
    if !report.metrics.isEmpty { parts.append(Text.scores(report.metrics)) }
    parts.append("\(Text.fixed(report.examplesPerSecond, 0)) examples/s")
    writeLine(parts.joined(separator: "  ") + (isBest && !report.metrics.isEmpty ? "  *" : ""))
  }

  private func writeLine(_ text: String) {
    write(text + "\n")
  }
}
