// SPDX-License-Identifier: Apache-2.0

/// How often each class was predicted for examples of each class.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The number of classes.
  public let labelCount: Int

  private var counts: [Int]  // [reference, prediction]

  /// Counts predictions against references: class indices below `labelCount`, two lists of the
  /// same length.
  public init(predictions: [Int], references: [Int], labelCount: Int) {
    precondition(
      predictions.count == references.count,
      "\(predictions.count) predictions for \(references.count) references.")
    self.labelCount = labelCount
    counts = Array(repeating: 0, count: labelCount * labelCount)
    for (prediction, reference) in zip(predictions, references) {
      let classes = 0..<labelCount
      precondition(
        classes.contains(prediction) && classes.contains(reference),
        "Classes \(prediction) and \(reference) of \(labelCount).")
      counts[reference * labelCount + prediction] += 1
    }
  }

  /// The number of examples of one class that were predicted as another.
  public subscript(reference reference: Int, prediction prediction: Int) -> Int {
    counts[reference * labelCount + prediction]
  }

  /// The number of examples.
  public var total: Int { counts.reduce(0, +) }

  /// The number of examples that were predicted right.
  public var correct: Int { classes.reduce(0) { $0 + self[reference: $1, prediction: $1] } }

  /// The number of examples of a class.
  public func support(ofClass label: Int) -> Int {
    classes.reduce(0) { $0 + self[reference: label, prediction: $1] }
  }

  /// The number of times that a class was predicted.
  public func predicted(ofClass label: Int) -> Int {
    classes.reduce(0) { $0 + self[reference: $1, prediction: label] }
  }

  private var classes: Range<Int> { 0..<labelCount }
}

extension ConfusionMatrix {
  /// The scores of one class.
  public struct ClassScores: Codable, Sendable, Equatable {
    /// Of the examples predicted as this class, the share that are of it.
    public var precision: Double
    /// Of the examples of this class, the share that were predicted as it.
    public var recall: Double
    /// The harmonic mean of precision and recall.
    public var f1: Double
    /// The number of examples of this class.
    public var support: Int
  }

  /// The scores of one class; 0 where there is nothing to divide by.
  public func scores(ofClass label: Int) -> ClassScores {
    let (right, support, predicted) = tally(ofClass: label)
    return ClassScores(
      precision: Self.ratio(right, predicted), recall: Self.ratio(right, support),
      f1: Self.ratio(2 * right, support + predicted), support: support)
  }

  /// The scores of all classes, in index order.
  public var classScores: [ClassScores] { classes.map(scores) }

  /// The share of examples that were predicted right.
  public var accuracy: Double { Self.ratio(correct, total) }

  /// The F1 of one class, 0 if it does not occur at all.
  public func f1(ofClass label: Int) -> Double {
    guard classes.contains(label) else { return 0 }
    return scores(ofClass: label).f1
  }

  /// The mean F1 of the classes that occur among the predictions or references.
  public var macroF1: Double {
    let tallies = classes.map(tally).filter { $0.support + $0.predicted > 0 }
    guard !tallies.isEmpty else { return 0 }
    let sum = tallies.reduce(0) { $0 + Self.ratio(2 * $1.right, $1.support + $1.predicted) }
    return sum / Double(tallies.count)
  }

  /// The correlation of predictions and references, from -1 to 1.
  ///
  /// With c of n examples right, t_k examples of class k and p_k predictions of it:
  /// (c n - Σ t_k p_k) / √((n² - Σ p_k²) (n² - Σ t_k²)), and 0 if either is all one class.
  /// Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient, 2004.
  public var matthewsCorrelation: Double {
    let n = Double(total)
    var (covariance, ofPredictions, ofReferences) = (Double(correct) * n, n * n, n * n)
    for label in classes {
      let (_, support, predicted) = tally(ofClass: label)
      covariance -= Double(support) * Double(predicted)
      ofPredictions -= Double(predicted) * Double(predicted)
      ofReferences -= Double(support) * Double(support)
    }
    guard ofPredictions > 0, ofReferences > 0 else { return 0 }
    return covariance / (ofPredictions * ofReferences).squareRoot()
  }

  private func tally(ofClass label: Int) -> (right: Int, support: Int, predicted: Int) {
    (
      self[reference: label, prediction: label], support(ofClass: label),
      predicted(ofClass: label)
    )
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}
