// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Adafactor's rule for one matrix as T5X states it, one number at a time in double precision.
public struct SlowAdafactor {
  /// The exponent of the second moment's decay.
  public var exponent = 0.8
  /// The steps that were counted before the first one.
  public var start = 0
  /// The root mean square that updates are cut to, none if nil.
  public var clipping: Double? = 1
  /// Whether the rate is multiplied by the parameter's root mean square.
  public var isScaled = false
  /// Whether only row and column means of squares are kept.
  public var isFactored = false
  /// The decay of the mean of updates, none if nil.
  public var beta1: Double?
  /// The share taken off at each step.
  public var decay = 0.0

  /// The parameter.
  public private(set) var parameter: Matrix

  private var whole: Matrix
  private var rowMeans: [Double]
  private var columnMeans: [Double]
  private var mean: Matrix
  private var step = 0

  /// The rule at its first step.
  public init(_ parameter: Matrix) {
    self.parameter = parameter
    whole = Matrix(rows: parameter.rows, columns: parameter.columns)
    mean = whole
    rowMeans = Array(repeating: 0, count: parameter.rows)
    columnMeans = Array(repeating: 0, count: parameter.columns)
  }

  /// Takes one step with a gradient of the parameter's shape.
  public mutating func take(_ gradient: Matrix, rate: Double) {
    let retained = 1 - pow(Double(step + start) + 1, -exponent)
    step += 1
    let squares = gradient.values.map { $0 * $0 + 1e-30 }
    var update = isFactored ? factored(gradient, squares, retained) : gradient
    if !isFactored {
      for index in squares.indices {
        whole.values[index] = retained * whole.values[index] + (1 - retained) * squares[index]
        update.values[index] /= whole.values[index].squareRoot()
      }
    }
    let cut = clipping.map { max(1, size(of: update) / $0) } ?? 1
    let scale = rate / cut * (isScaled ? max(1e-3, size(of: parameter)) : 1)
    for index in update.values.indices {
      var step = scale * update.values[index]
      if let beta1 {
        step = beta1 * mean.values[index] + (1 - beta1) * step
        mean.values[index] = step
      }
      parameter.values[index] = (1 - decay) * parameter.values[index] - step
    }
  }

  // The gradient over the root of the outer product of the means.
  private mutating func factored(
    _ gradient: Matrix, _ squares: [Double], _ retained: Double
  ) -> Matrix {
    let (rows, columns) = (gradient.rows, gradient.columns)
    for row in 0..<rows {
      let sum = (0..<columns).reduce(0) { $0 + squares[row * columns + $1] }
      rowMeans[row] = retained * rowMeans[row] + (1 - retained) * sum / Double(columns)
    }
    for column in 0..<columns {
      let sum = (0..<rows).reduce(0) { $0 + squares[$1 * columns + column] }
      columnMeans[column] = retained * columnMeans[column] + (1 - retained) * sum / Double(rows)
    }
    let all = rowMeans.reduce(0, +) / Double(rows)
    var update = gradient
    for row in 0..<rows {
      for column in 0..<columns {
        update[row, column] /= (rowMeans[row] * columnMeans[column] / all).squareRoot()
      }
    }
    return update
  }

  private func size(of matrix: Matrix) -> Double {
    let sum = matrix.values.reduce(0) { $0 + $1 * $1 }
    return (sum / Double(matrix.values.count)).squareRoot()
  }
}
