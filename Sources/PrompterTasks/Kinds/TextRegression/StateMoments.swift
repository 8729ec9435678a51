// SPDX-License-Identifier: Apache-2.0

internal import PrompterTensor

/// The sums that least squares need of some states and their targets, in double precision.
///
/// States and targets are moved by their overall means first, so that little is lost where sums are
/// centered later. Moments add up: those of all examples without a fold's are a difference.
struct StateMoments: Sendable {
  /// The number of features.
  let width: Int
  private(set) var count = 0.0
  private(set) var targetSum = 0.0
  /// Σ x [width].
  private(set) var sums: [Double]
  /// Σ x y [width].
  private(set) var products: [Double]
  /// Σ x xᵀ [width, width], its lower triangle.
  private(set) var squares: [Double]

  /// The moments of nothing.
  init(width: Int) {
    self.width = width
    (sums, products) = (Array(repeating: 0, count: width), Array(repeating: 0, count: width))
    squares = Array(repeating: 0, count: width * width)
  }

  /// Adds an example.
  ///
  /// - Complexity: O(width²).
  mutating func add(_ state: [Double], _ target: Double) {
    count += 1
    targetSum += target
    for row in 0..<width {
      let value = state[row]
      sums[row] += value
      products[row] += value * target
      for column in 0...row { squares[row * width + column] += value * state[column] }
    }
  }

  /// The moments of all but a part.
  func without(_ part: StateMoments) -> StateMoments { adding(part, times: -1) }

  /// The moments of both.
  func with(_ part: StateMoments) -> StateMoments { adding(part, times: 1) }

  private func adding(_ part: StateMoments, times factor: Double) -> StateMoments {
    var sum = self
    sum.count += factor * part.count
    sum.targetSum += factor * part.targetSum
    for index in sums.indices {
      sum.sums[index] += factor * part.sums[index]
      sum.products[index] += factor * part.products[index]
    }
    for index in squares.indices { sum.squares[index] += factor * part.squares[index] }
    return sum
  }

  /// The w and b that make Σ (w x + b − y)² / n + λ w² least.
  ///
  /// Of the centered moments, (Σ x xᵀ / n + λ I) w = Σ x y / n is solved by a Cholesky
  /// factorization.
  ///
  /// - Parameter penalty: λ, above 0.
  /// - Returns: w [width] and b; nil if rounding leaves nothing to solve.
  /// - Complexity: O(width³ / 6).
  func solution(penalty: Double) -> (weight: [Double], bias: Double)? {
    let mean = sums.map { $0 / count }
    let targetMean = targetSum / count
    var matrix = squares
    for row in 0..<width {
      for column in 0...row {
        let place = row * width + column
        matrix[place] = matrix[place] / count - mean[row] * mean[column]
      }
      matrix[row * width + row] += penalty
    }
    let right = (0..<width).map { products[$0] / count - mean[$0] * targetMean }
    guard let weight = solved(matrix, right) else { return nil }
    return (weight, targetMean - zip(weight, mean).reduce(0) { $0 + $1.0 * $1.1 })
  }

  // L Lᵀ w = right, for the lower triangle of a matrix.
  private func solved(_ matrix: [Double], _ right: [Double]) -> [Double]? {
    var (factor, solution) = (matrix, right)
    for row in 0..<width {
      for column in 0...row {
        var sum = factor[row * width + column]
        for inner in 0..<column {
          sum -= factor[row * width + inner] * factor[column * width + inner]
        }
        if column < row {
          factor[row * width + column] = sum / factor[column * width + column]
        } else if sum > 0, sum.isFinite {
          factor[row * width + row] = sum.squareRoot()
        } else {
          return nil
        }
      }
    }
    for row in 0..<width {
      for column in 0..<row { solution[row] -= factor[row * width + column] * solution[column] }
      solution[row] /= factor[row * width + row]
    }
    for row in (0..<width).reversed() {
      for below in row + 1..<max(row + 1, width) {
        solution[row] -= factor[below * width + row] * solution[below]
      }
      solution[row] /= factor[row * width + row]
    }
    return solution
  }
}
