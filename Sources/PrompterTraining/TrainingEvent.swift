// SPDX-License-Identifier: Apache-2.0

public import PrompterPrompts
public import PrompterTasks

/// What training tells while it goes on.
public enum TrainingEvent: Sendable {
  /// Everything is read; the first step comes next.
  case started(TrainingStart)
  /// An optimiser step was taken.
  case step(StepReport)
  /// The validation data were scored, or an epoch ended where there are none.
  case evaluated(EpochReport, isBest: Bool)
  /// A number was not finite, which ends training: the prompt of the best evaluation until then, if
  /// there was one. The error comes next.
  case diverged(best: Prompt?)
  /// The state was saved: from here a killed run can be resumed.
  case saved(step: Int)
}

/// What is known before the first step.
public struct TrainingStart: Sendable, Equatable {
  /// The values that training changes, the head's included.
  public var trainableParameters: Int
  /// The backbone's weights.
  public var backboneParameters: Int
  /// The training examples.
  public var examples: Int
  /// The optimiser steps of the whole run.
  public var stepCount: Int
  /// The optimiser steps of an epoch.
  public var stepsPerEpoch: Int
  /// Whether there are no steps: a head is fitted until it has converged.
  public var fitsHead = false
  /// The majority baseline's scores on the validation data.
  public var baseline: [String: Double]
  /// The training examples whose texts were too long.
  public var longTexts: LongTextCounts
  /// What the tokenizer found odd about the texts.
  public var warnings: [DataWarning] = []
  /// What is kept of the layers below the prompts, from the first epoch to the last.
  public var cache: Cache?
  /// The step that a resumed run goes on from.
  public var resumedStep: Int?
}

extension TrainingStart {
  /// Hidden states that are computed once.
  public struct Cache: Sendable, Equatable {
    /// The layers whose work is saved.
    public var layers: Int
    /// The bytes that the states take.
    public var byteCount: Int
    /// Whether they are in a file rather than in memory.
    public var isOnDisk: Bool
  }
}

/// What is known after a step.
public struct StepReport: Sendable, Equatable {
  /// The steps taken.
  public var step: Int
  /// The steps of the whole run.
  public var stepCount: Int
  /// The epochs done, in parts.
  public var epoch: Double
  /// The training loss, smoothed over about twenty steps.
  public var loss: Double
  /// The learning rate of the step.
  public var rate: Double
  /// Training examples per second since training began or was resumed.
  public var examplesPerSecond: Double
  /// The expected time to the end, in seconds.
  public var secondsLeft: Double
}

/// How training ended.
public struct TrainingOutcome: Sendable {
  /// The best prompt so far.
  public var prompt: Prompt
  /// Whether training was stopped before its end and can be resumed.
  public var wasInterrupted: Bool
  /// The steps taken.
  public var step: Int
  /// The seconds since training began or was resumed.
  public var seconds: Double
  /// How much higher the loss is than at the start, if it is.
  public var lossRise: LossRise?
}

/// A training loss that ended above where it started: whatever was learnt, most of it was lost
/// again.
public struct LossRise: Sendable, Equatable, CustomStringConvertible {
  /// The loss of the first step, before anything was learnt.
  public var start: Double
  /// The loss at the end, smoothed over about twenty steps.
  public var end: Double
  /// The plan's learning rate.
  public var rate: Double

  /// A rise; nil for what is none, or as small as batches differ.
  init?(start: Double, end: Double, rate: Double) {
    guard end > 1.05 * start + 0.05 else { return nil }
    (self.start, self.end, self.rate) = (start, end, rate)
  }

  /// One sentence with both losses and what may help.
  public var description: String {
    func rounded(_ loss: Double) -> String { "\((loss * 1000).rounded() / 1000)" }
    return "The training loss rose from \(rounded(start)) to \(rounded(end)); try a lower learning "
      + "rate than \(rate)."
  }
}
