// SPDX-License-Identifier: Apache-2.0

import PrompterTasks
import Testing

@Suite struct MetricTests {
  /// Predictions and what scikit-learn 1.9.1 scores them.
  struct Case: Sendable, CustomTestStringConvertible {
    let predictions: [Int]
    let references: [Int]
    let labelCount: Int
    let accuracy: Double
    let f1: Double
    let macroF1: Double
    let matthews: Double

    init(
      _ predictions: [Int], _ references: [Int], _ labelCount: Int, _ accuracy: Double,
      _ f1: Double, _ macroF1: Double, _ matthews: Double
    ) {
      self.predictions = predictions
      self.references = references
      self.labelCount = labelCount
      self.accuracy = accuracy
      self.f1 = f1
      self.macroF1 = macroF1
      self.matthews = matthews
    }

    var testDescription: String { "\(predictions) for \(references)" }
  }

  private static let cases = [
    Case(
      [1, 0, 1, 1, 0, 1, 0, 0], [1, 0, 0, 1, 1, 1, 0, 1], 2, 0.625, 2 / 3,
      0.6190476190476191, 0.2581988897471611),
    Case([1, 1, 1, 1], [0, 1, 0, 1], 2, 0.5, 2 / 3, 1 / 3, 0),
    Case([0, 0, 0, 0], [0, 0, 0, 0], 2, 1, 0, 1, 0),
    Case([0, 0, 0, 0], [1, 1, 1, 1], 2, 0, 0, 0, 0),
    Case([1, 1, 0, 0], [0, 0, 1, 1], 2, 0, 0, 0, -1),
    Case(
      [0, 1, 2, 2, 1, 0, 2, 1, 0, 2], [0, 2, 2, 2, 1, 0, 1, 1, 0, 0], 3, 0.7,
      0.5714285714285714, 0.6984126984126983, 0.5606060606060606),
    Case([0, 1, 1, 0, 1], [0, 1, 0, 0, 1], 3, 0.8, 0, 0.8, 2 / 3),
    Case([2, 2, 2, 2], [0, 1, 2, 0], 4, 0.25, 0, 0.13333333333333333, 0),
    Case(
      [
        4, 1, 2, 1, 3, 3, 1, 0, 1, 0, 2, 0, 1, 0, 4, 3, 1, 1, 0, 1, 2, 0, 1, 3, 1, 3, 1, 4, 1, 3,
        1, 3, 0, 0, 1, 0, 1, 2, 0, 2,
      ],
      [
        4, 2, 2, 4, 0, 3, 1, 0, 1, 0, 2, 3, 1, 3, 4, 0, 4, 1, 0, 1, 3, 2, 1, 3, 1, 0, 1, 4, 4, 3,
        1, 1, 0, 0, 1, 1, 1, 1, 2, 2,
      ], 5, 0.625, 2 / 3, 0.5975671837740804, 0.5116208181730649),
  ]

  @Test(arguments: cases)
  func `scores equal those of scikit-learn`(_ example: Case) {
    func score(_ metric: Metric) -> Double {
      metric.value(
        predictions: example.predictions, references: example.references,
        labelCount: example.labelCount)
    }
    #expect(abs(score(.accuracy) - example.accuracy) < 1e-12)
    #expect(abs(score(.f1) - example.f1) < 1e-12)
    #expect(abs(score(.macroF1) - example.macroF1) < 1e-12)
    #expect(abs(score(.matthews) - example.matthews) < 1e-12)
  }

  @Test(arguments: Metric.allCases)
  func `no examples score 0`(metric: Metric) {
    #expect(metric.value(predictions: [], references: [], labelCount: 0) == 0)
    #expect(metric.value(predictions: [], references: [], labelCount: 3) == 0)
  }

  @Test(arguments: Metric.allCases)
  func `all right scores 1`(metric: Metric) {
    #expect(metric.value(predictions: [0, 2, 1], references: [0, 2, 1], labelCount: 3) == 1)
  }

  @Test func `the positive class of F1 can be stated`() {
    // scikit-learn's f1_score(references, predictions, pos_label=0) is 4 / 7.
    let f1 = Metric.f1.value(
      predictions: [1, 0, 1, 1, 0, 1, 0, 0], references: [1, 0, 0, 1, 1, 1, 0, 1], labelCount: 2,
      positiveClass: 0)
    #expect(abs(f1 - 0.5714285714285714) < 1e-12)
  }

  @Test func `metrics are named as reports name them`() {
    #expect(
      Metric.allCases.map(\.rawValue) == ["accuracy", "f1", "f1_macro", "matthews_correlation"])
  }
}
