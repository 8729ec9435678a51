// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter

/// How much there is to train on.
struct TrainingSize: Equatable {
  /// The number of examples.
  var examples: Int
  /// The number of labels; `nil` if answers are not chosen among any.
  var labels: Int?
  /// Whether answers are written.
  var isWritten = false
  /// The tokens that a row of the task usually has; `nil` for as many as of most tasks.
  var maximumLength: Int?

  /// Both, as in `722 examples with 10 labels`.
  var words: String {
    let examples = examples == 1 ? "1 example" : "\(Text.count(examples)) examples"
    return labels.map { "\(examples) with \(Text.count($0)) labels" } ?? examples
  }
}

/// What suits each method, as the help page says it.
struct SuitedWords {
  /// The methods that take no steps unless told to.
  var converged: String {
    usual(false).filter(\.plan.isFittedUntilConverged).map(\.name).joined(separator: " or ")
  }

  /// The learning rates.
  var rates: String {
    zip(usual(false), usual(true)).map { reads, writes in
      number(reads.plan.learningRate) + " for \(reads.name)"
        + (reads.plan.isFittedUntilConverged ? " if it takes steps" : "")
        + (reads.plan.learningRate == writes.plan.learningRate
          ? "" : ", \(number(writes.plan.learningRate)) where it writes texts")
    }.joined(separator: ", ")
  }

  /// The heads' learning rates, where they are others.
  var headRates: String {
    usual(false).compactMap { name, plan in
      plan.headLearningRate.map { number($0) + " for \(name)" }
    }.joined(separator: ", ")
  }

  private func usual(_ writesTexts: Bool) -> [(name: String, plan: UsualPlan)] {
    Methods.all.map { ($0.name.rawValue, $0.usualPlan(writesTexts: writesTexts)) }
  }

  private func number(_ value: Double) -> String {
    value.formatted(
      .number.precision(.significantDigits(1...3)).locale(Locale(identifier: "en_US_POSIX")))
  }
}

extension PlanOptions {
  /// What suits each method, in words.
  static var suitedWords: SuitedWords { SuitedWords() }

  /// What suits a method and so much data; a rate that was given is the head's too.
  func suitedPlan(for method: MethodName, size: TrainingSize) -> TrainingPlan {
    // Answers that are neither labels nor written, such as numbers, are learnt as labels are.
    var plan = TrainingPlan.suited(
      to: method, examples: size.examples, labels: size.labels ?? (size.isWritten ? nil : 0))
    if plan.duration == .converged, takesSteps {
      plan.duration = TrainingPlan.suitedDuration(examples: size.examples)
    }
    if learningRate != nil { plan.headLearningRate = nil }
    if let length = size.maximumLength { plan.maximumLength = length }
    return plan
  }

  /// What of a plan was left to the program, if anything was, in a sentence.
  func choices(in plan: TrainingPlan, size: TrainingSize, recipe: TrainingRecipe?) -> String? {
    guard recipe == nil, plan.duration != .converged else { return nil }
    var choices: [String] = []
    if epochs == nil, case .epochs(let epochs) = plan.duration {
      choices.append("\(epochs) epochs")
    }
    if learningRate == nil { choices.append("a rate of \(plan.learningRate)") }
    if headLearningRate == nil, let rate = plan.headLearningRate {
      choices.append("\(rate) for the head")
    }
    return choices.isEmpty ? nil : "For \(size.words): \(choices.joined(separator: ", "))."
  }

  // Whether anything was said that only steps of an optimiser have.
  private var takesSteps: Bool {
    epochs != nil || steps != nil || batchSize != nil || learningRate != nil
      || headLearningRate != nil || headStart != nil || optimizer.isGiven || schedule != nil
      || warmup != 0 || gradientAccumulation != 1 || gradientNorm != nil || evaluateEvery != nil
      || patience != nil || (backboneDropout ?? 0) != 0 || keepsOrder
  }
}
