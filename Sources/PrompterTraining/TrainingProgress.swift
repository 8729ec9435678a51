// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels
internal import PrompterPrompts
internal import PrompterTasks

/// How far a run has come; saved with the state, so that a resumed run tells the same story.
struct TrainingProgress: Codable, Sendable {
  /// The optimiser steps taken.
  var step = 0
  /// The evaluations so far.
  var history: [EpochReport] = []
  /// The best of them.
  var best: BestReport?
  /// How the head was fitted, if it was.
  private(set) var headFit: HeadFit?

  private var bestScore: Double?
  private var evaluationsSinceBest = 0
  private var lossSum = 0.0
  private var lossCount = 0
  private var examples = 0
  private var tokens = 0
  private var seconds = 0.0
  private(set) var smoothedLoss = 0.0
  /// The loss of the first step; states of older versions do not say it.
  private(set) var startLoss: Double?

  // What concerns this process alone.
  private(set) var resumedStep = 0
  private(set) var examplesThisRun = 0
  private var stopwatch = Stopwatch()

  private enum CodingKeys: String, CodingKey {
    case step, history, best, headFit, bestScore, evaluationsSinceBest, lossSum, lossCount, examples
    case tokens, seconds, smoothedLoss, startLoss
  }

  /// Begins the time of a step; what was between two steps, such as saving, counts for none.
  mutating func beginStep() { _ = stopwatch.lap() }

  /// Counts a step.
  mutating func note(loss: Double, examples count: Int, tokens tokenCount: Int) {
    step += 1
    if step == 1 { startLoss = loss }
    lossSum += loss
    // A damaged state may hold any number: these must not trap.
    lossCount &+= 1
    examples &+= count
    examplesThisRun += count
    tokens &+= tokenCount
    smoothedLoss = step == 1 && headFit == nil ? loss : 0.95 * smoothedLoss + 0.05 * loss
    seconds += stopwatch.lap()
  }

  /// Counts the examples that a head was fitted to before the first step.
  mutating func note(_ fit: HeadFit, examples count: Int, tokens tokenCount: Int) {
    headFit = fit
    (lossSum, lossCount) = (fit.loss, 1)
    (examples, tokens) = (count, tokenCount)
    smoothedLoss = fit.loss
    seconds += stopwatch.lap()
  }

  /// Counts that fit as the only step of the run.
  mutating func endFit() { step = 1 }

  /// Whether a score is the best so far; without scores the latest always is.
  func isBetter(_ score: Double?) -> Bool {
    guard let score, let bestScore else { return true }
    return score > bestScore
  }

  /// Closes the stretch since the evaluation before and begins the next.
  mutating func close(
    epoch: Double, scores: ValidationScores?, score: Double?
  ) -> EpochReport {
    let metrics = scores?.metrics ?? [:]
    let training = max(seconds, 1e-9)
    let report = EpochReport(
      epoch: epoch, step: step, loss: lossSum / Double(max(1, lossCount)), metrics: metrics,
      seconds: seconds + stopwatch.lap(), examplesPerSecond: Double(examples) / training,
      tokensPerSecond: Double(tokens) / training)
    history.append(report)
    if isBetter(score) {
      bestScore = score
      best = BestReport(
        epoch: epoch, metrics: metrics, temperature: scores?.temperature,
        threshold: scores?.threshold)
      evaluationsSinceBest = 0
    } else {
      evaluationsSinceBest &+= 1
    }
    (lossSum, lossCount, examples, tokens, seconds) = (0, 0, 0, 0, 0)
    return report
  }

  /// Whether so many evaluations in a row brought nothing better.
  func isExhausted(patience: Int?) -> Bool {
    patience.map { evaluationsSinceBest >= $0 } ?? false
  }

  /// The same progress as the start of a resumed run.
  func resumed() -> TrainingProgress {
    var result = self
    result.resumedStep = step
    return result
  }
}
