// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import PrompterKernels

/// Slow twins of the kernels, written down from their definitions in double precision.
public enum Reference {
  /// a b.
  public static func product(_ a: Matrix, _ b: Matrix) -> Matrix {
    precondition(a.columns == b.rows, "No product of these shapes.")
    var result = Matrix(rows: a.rows, columns: b.columns)
    let columns = b.columns
    for row in 0..<a.rows {
      for inner in 0..<a.columns {
        let factor = a[row, inner]
        for column in 0..<columns {
          result.values[row * columns + column] += factor * b.values[inner * columns + column]
        }
      }
    }
    return result
  }

  /// v Φ(v).
  public static func gelu(_ value: Double) -> Double {
    value * 0.5 * erfc(-value / 2.0.squareRoot())
  }

  /// The derivative of v Φ(v).
  public static func geluSlope(_ value: Double) -> Double {
    let density = exp(-value * value / 2) / (2 * Double.pi).squareRoot()
    return 0.5 * erfc(-value / 2.0.squareRoot()) + value * density
  }

  /// The value of an activation.
  public static func value(of activation: Activation, at x: Double) -> Double {
    switch activation {
    case .relu: max(0, x)
    case .gelu: gelu(x)
    case .geluTanh:
      0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .silu: x / (1 + exp(-x))
    }
  }

  /// The softmax of a list.
  public static func softmax(_ scores: [Double]) -> [Double] {
    let maximum = scores.max() ?? 0
    let powers = scores.map { exp($0 - maximum) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// Each row minus its mean, divided by √(variance + ε), times a gain, plus an offset.
  public static func layerNorm(
    _ x: Matrix, gain: [Float], offset: [Float], epsilon: Double
  ) -> Matrix {
    var result = x
    for row in 0..<x.rows {
      let values = (0..<x.columns).map { x[row, $0] }
      let mean = values.reduce(0, +) / Double(x.columns)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.columns)
      for column in 0..<x.columns {
        let normal = (values[column] - mean) / (variance + epsilon).squareRoot()
        result[row, column] = normal * Double(gain[column]) + Double(offset[column])
      }
    }
    return result
  }

  /// Each row divided by √(mean of its squares + ε), times a gain.
  public static func rmsNorm(_ x: Matrix, gain: [Float], epsilon: Double) -> Matrix {
    var result = x
    for row in 0..<x.rows {
      let squares = (0..<x.columns).reduce(0) { $0 + x[row, $1] * x[row, $1] }
      let root = (squares / Double(x.columns) + epsilon).squareRoot()
      for column in 0..<x.columns {
        result[row, column] = x[row, column] / root * Double(gain[column])
      }
    }
    return result
  }

  /// The sum of −log softmax(row)[label] + zLoss (log Z)² over the rows whose label is not
  /// negative, log Z the logarithm of the sum of exponentials.
  public static func crossEntropy(
    _ logits: Matrix, labels: [Int32], zLoss: Double = 0
  ) -> Double {
    var sum = 0.0
    for (row, label) in labels.enumerated() where label >= 0 {
      let scores = (0..<logits.columns).map { logits[row, $0] }
      let maximum = scores.max() ?? 0
      let logZ = maximum + log(scores.reduce(0) { $0 + exp($1 - maximum) })
      sum += logZ - scores[Int(label)] + zLoss * logZ * logZ
    }
    return sum
  }
}
