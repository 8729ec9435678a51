// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterKernels
internal import PrompterPrompts
internal import PrompterTasks

extension TrainingSession {
  /// Fits the head instead of taking steps: the whole run of a head alone that shall converge.
  func fit(
    isInterrupted: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> TrainingOutcome {
    guard try startHead(isInterrupted: isInterrupted, report: report) else {
      return outcome(wasInterrupted: true)
    }
    progress.endFit()
    try evaluate(report, rate: 0)
    return outcome(wasInterrupted: false)
  }

  /// Fits the head to what the backbone gives under the prompt as it is.
  ///
  /// - Returns: Whether it was not told to stop.
  func startHead(
    isInterrupted: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> Bool {
    progress.beginStep()
    let fit = objective.fitHead(under: method.folded()) { share in
      report(.step(fitReport(share: share)))
      return !isInterrupted()
    }
    guard let fit else { return false }
    try check("loss", fit.loss, step: 1, rate: 0)
    progress.note(
      fit, examples: objective.exampleCount,
      tokens: (0..<objective.exampleCount).reduce(0) { $0 + objective.tokenCount(of: $1) })
    return true
  }

  private func fitReport(share: Double) -> StepReport {
    let seconds = clock.seconds
    return StepReport(
      step: 0, stepCount: stepCount, epoch: plan.duration == .converged ? share : 0,
      loss: progress.smoothedLoss, rate: 0,
      examplesPerSecond: share * Double(objective.exampleCount) / max(seconds, 1e-9),
      secondsLeft: seconds * (1 - share) / max(share, 1e-9))
  }
}
