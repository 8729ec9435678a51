// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTasks
import Testing

@Suite struct ProbabilityScoresTests {
  private static let sample = ProbabilityScores(
    probabilities: [
      [0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.2, 0.2, 0.6], [0.05, 0.9, 0.05],
      [0.5, 0.25, 0.25], [0.35, 0.45, 0.2], [0, 0, 1], [1, 0, 0], [0.98, 0.01, 0.01],
    ],
    references: [0, 1, 0, 2, 2, 0, 1, 2, 1, 0])

  // By scikit-learn 1.9.1: log_loss, and brier_score_loss with scale_by_half=False; the calibration
  // error by NumPy, from the formula.
  @Test func `scores equal those of scikit-learn`() {
    #expect(abs(Self.sample.logLoss - 4.284586017011124) < 1e-12)
    #expect(abs(Self.sample.brierScore - 0.57356) < 1e-12)
    #expect(abs(Self.sample.expectedCalibrationError() - 0.423) < 1e-12)
    #expect(abs(Self.sample.expectedCalibrationError(binCount: 4) - 0.303) < 1e-12)
  }

  @Test func `an answer that is sure and wrong costs as much as scikit-learn lets it`() {
    let scores = ProbabilityScores(
      probabilities: [[1, 0], [1, 0], [0.25, 0.75]], references: [0, 1, 1])
    #expect(abs(scores.logLoss - 12.110_445_153_856_311) < 1e-12)
    #expect(abs(scores.brierScore - (2 + 0.125) / 3) < 1e-15)
  }

  @Test func `one that is sure and right costs nothing`() {
    let scores = ProbabilityScores(probabilities: [[0, 1], [1, 0]], references: [1, 0])
    #expect(abs(scores.logLoss) < 1e-15)
    #expect(scores.brierScore == 0)
    #expect(scores.expectedCalibrationError() == 0)
  }

  @Test func `a bin has its upper bound, not its lower one`() {
    // 0.2 and 0.3 are in bins of their own if there are ten; 0.25 shares that of 0.3.
    func error(_ confidences: [Double], _ references: [Int]) -> Double {
      let rows = confidences.map { confidence in
        [confidence] + Array(repeating: (1 - confidence) / 9, count: 9)
      }
      return ProbabilityScores(probabilities: rows, references: references)
        .expectedCalibrationError(binCount: 10)
    }
    #expect(abs(error([0.2, 0.3], [0, 1]) - (0.8 + 0.3) / 2) < 1e-12)
    #expect(abs(error([0.25, 0.3], [0, 1]) - (0.75 - 0.3) / 2) < 1e-12)
  }

  @Test func `of equals the first is the answer`() {
    func error(_ row: [Double], _ reference: Int) -> Double {
      ProbabilityScores(probabilities: [row], references: [reference]).expectedCalibrationError()
    }
    #expect(abs(error([0.4, 0.4, 0.2], 0) - 0.6) < 1e-12)
    #expect(abs(error([0.4, 0.4, 0.2], 1) - 0.4) < 1e-12)
  }

  @Test func `without examples there is no loss`() {
    let none = ProbabilityScores(probabilities: [], references: [])
    #expect(none.logLoss == 0 && none.brierScore == 0 && none.expectedCalibrationError() == 0)
  }
}
