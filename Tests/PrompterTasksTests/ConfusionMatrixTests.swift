// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct ConfusionMatrixTests {
  private let matrix = ConfusionMatrix(
    predictions: [0, 1, 2, 2, 1, 0, 2, 1, 0, 2], references: [0, 2, 2, 2, 1, 0, 1, 1, 0, 0],
    labelCount: 3)

  @Test func `counts are by reference and prediction`() {
    let rows = (0..<3).map { row in
      (0..<3).map { matrix[reference: row, prediction: $0] }
    }
    #expect(rows == [[3, 0, 1], [0, 2, 1], [0, 1, 2]])
    #expect(matrix.total == 10)
    #expect(matrix.correct == 7)
    #expect((0..<3).map(matrix.support) == [4, 3, 3])
    #expect((0..<3).map(matrix.predicted) == [3, 3, 4])
  }

  @Test func `scores of a class equal those of scikit-learn`() {
    let scores = matrix.classScores
    let twoThirds = 2.0 / 3
    #expect(scores.map(\.precision) == [1, twoThirds, 0.5])
    #expect(scores.map(\.recall) == [0.75, twoThirds, twoThirds])
    #expect(scores.map { ($0.f1 * 21).rounded() } == [18, 14, 12])
    #expect(scores.map(\.support) == [4, 3, 3])
  }

  @Test func `a class that does not occur scores 0`() {
    let matrix = ConfusionMatrix(predictions: [0], references: [0], labelCount: 2)
    let nothing = ConfusionMatrix.ClassScores(precision: 0, recall: 0, f1: 0, support: 0)
    #expect(matrix.scores(ofClass: 1) == nothing)
    #expect(matrix.macroF1 == 1)
  }
}
