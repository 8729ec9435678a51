// SPDX-License-Identifier: Apache-2.0

/// Outputs beside the answers that would have been right, ready to be scored.
public struct TextScores: Sendable {
  /// What was answered, without blanks at the ends.
  public let outputs: [String]

  /// What was asked.
  public let examples: [TextToTextExample]

  /// The task's labels; empty where any text may be an answer.
  public let labels: [String]

  /// Pairs outputs with the examples that they answer, two lists of the same length.
  public init(outputs: [String], examples: [TextToTextExample], labels: [String] = []) {
    precondition(
      outputs.count == examples.count,
      "\(outputs.count) outputs for \(examples.count) examples.")
    self.outputs = outputs.map(\.trimmed)
    self.examples = examples
    self.labels = labels
  }

  /// The score by a metric; 0 without examples.
  ///
  /// - Complexity: O(words), but for ``TextMetric/rougeL``: O(words²) an example.
  public func value(of metric: TextMetric) -> Double {
    switch metric {
    case .accuracy: share(isRight)
    case .f1: positiveF1
    case .macroF1: macroF1
    case .matthews: confusion.matthewsCorrelation
    case .questionMatch: GroupMatch.share(of: examples.map(\.group), isRight: isRight)
    case .exactMatch:
      share { NormalizedAnswer.isAny(of: examples[$0].targets, outputs[$0]) }
    case .tokenF1: mean { TokenF1.highest(of: outputs[$0], examples[$0].targets) }
    case .bleu:
      BLEU.corpus(outputs, references: examples.map(\.targets))
    case .rouge1: mean { ROUGE.highestF1(of: outputs[$0], examples[$0].targets, run: 1) }
    case .rouge2: mean { ROUGE.highestF1(of: outputs[$0], examples[$0].targets, run: 2) }
    case .rougeL: mean { ROUGE.highestF1(of: outputs[$0], examples[$0].targets, run: nil) }
    case .pearson: Correlation.pearson(numbers.outputs, numbers.targets)
    case .spearman: Correlation.spearman(numbers.outputs, numbers.targets)
    }
  }

  /// The scores by several metrics, under their names.
  public func values(of metrics: [TextMetric]) -> [String: Double] {
    Dictionary(metrics.map { ($0.rawValue, value(of: $0)) }) { first, _ in first }
  }

  /// Whether the output at an index is right: equal to an answer, or, where the target may be
  /// false, as ``TextMetric/accuracy`` says.
  public func isRight(_ index: Int) -> Bool {
    let example = examples[index]
    guard let isTrue = example.isTrue, let referent = example.targets.first else {
      return example.targets.contains { $0.reads(as: outputs[index]) }
    }
    return Referent.isMeant(referent, by: outputs[index]) == isTrue
  }

  /// The share of outputs that are not one of the answers to choose among.
  ///
  /// Those are the example's own choices or else the task's labels; nil where any text may be an
  /// answer.
  ///
  /// A model that was trained to fill gaps alone may never answer with a label (Lester and others
  /// 2021, section 3.1), and an accuracy of 0 does not tell that from wrong answers.
  public var illegalShare: Double? {
    let isFree = labels.isEmpty && examples.allSatisfy(\.choices.isEmpty)
    return isFree ? nil : share { !isLegal($0) }
  }

  private func isLegal(_ index: Int) -> Bool {
    let choices = examples[index].choices
    return (choices.isEmpty ? labels : choices).contains { $0.reads(as: outputs[index]) }
  }

  /// How often each answer was given.
  public var answerCounts: [String: Int] {
    outputs.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  private func mean(_ score: (Int) -> Double) -> Double {
    guard !outputs.isEmpty else { return 0 }
    return outputs.indices.reduce(0) { $0 + score($1) } / Double(outputs.count)
  }

  private func share(_ isCounted: (Int) -> Bool) -> Double { mean { isCounted($0) ? 1 : 0 } }

  private var numbers: (outputs: [Double], targets: [Double]) {
    func number(_ text: String) -> Double {
      Double(text).flatMap { $0.isFinite ? $0 : nil } ?? -1
    }
    return (outputs.map(number), examples.map { number($0.targets.first ?? "") })
  }
}

// MARK: - Labels

extension TextScores {
  // The index of a label; of anything else, the one after the last.
  private func index(of answer: String) -> Int {
    labels.firstIndex(writtenAs: answer) ?? labels.count
  }

  private var confusion: ConfusionMatrix {
    ConfusionMatrix(
      predictions: outputs.map(index),
      references: examples.map { index(of: $0.targets.first ?? "") },
      labelCount: labels.count + 1)
  }

  private var macroF1: Double {
    let matrix = confusion
    let seen = labels.indices.filter {
      matrix.support(ofClass: $0) + matrix.predicted(ofClass: $0) > 0
    }
    guard !seen.isEmpty else { return 0 }
    return seen.reduce(0) { $0 + matrix.f1(ofClass: $1) } / Double(seen.count)
  }

  // Of two labels an illegal output is counted as the one that is wrong.
  private var positiveF1: Double {
    guard let positive = PositiveLabel.index(in: labels) else { return 0 }
    let matrix = confusion
    let right = matrix[reference: positive, prediction: positive]
    let illegal =
      labels.count == 2 ? matrix[reference: 1 - positive, prediction: labels.count] : 0
    let counted = matrix.support(ofClass: positive) + matrix.predicted(ofClass: positive) + illegal
    return counted == 0 ? 0 : 2 * Double(right) / Double(counted)
  }
}
