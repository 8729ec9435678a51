// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct RegressionMetricTests {
  private let predictions = [1.5, 2, 3.5, 0.5, 4]
  private let references = [1.0, 2, 4, 0, 3]

  @Test func `the scores are what a hand finds`() {
    func value(_ metric: RegressionMetric) -> Double {
      metric.value(predictions: predictions, references: references)
    }
    #expect(abs(value(.pearson) - 0.932_996_209_912) < 1e-12)
    // Two neighbours of five have changed places.
    #expect(abs(value(.spearman) - 0.9) < 1e-12)
    #expect(abs(value(.rSquared) - 0.825) < 1e-12)
  }

  @Test(arguments: RegressionMetric.allCases)
  func `one number for all scores 0 if it is the mean, and no more if not`(
    metric: RegressionMetric
  ) {
    #expect(metric.value(always: 2, references: references) == 0)
    let other = metric.value(always: 5, references: references)
    #expect(metric == .rSquared ? other < 0 : other == 0)
    #expect(metric.value(predictions: [1, 2], references: [3, 3]) == 0)
    #expect(metric.value(predictions: [], references: []) == 0)
  }

  @Test func `the cards' names are`() {
    #expect(RegressionMetric.allCases.map(\.name.rawValue) == ["pearson", "spearman", "r_squared"])
  }
}
