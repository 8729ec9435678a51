// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// States moved to mean 0 and scaled by one number to a mean variance of 1.
///
/// One number for all features and not one for each: so a penalty on weights is still one on the
/// weights of the states as they are, only its strength no longer depends on the model.
struct StateScale: Sendable {
  /// The mean of each feature.
  let mean: [Double]
  /// The mean over features of their variances; 1 if all states are equal.
  let variance: Double
  /// Its root.
  var deviation: Double { variance.squareRoot() }

  /// The scale of some states [examples, width].
  init(of states: Tensor) {
    let width = states.columns
    var mean = [Double](repeating: 0, count: width)
    var squares = 0.0
    states.buffer.withSpan { span in
      for row in 0..<states.rows {
        for column in 0..<width { mean[column] += Double(span[row * width + column]) }
      }
      for column in 0..<width { mean[column] /= Double(states.rows) }
      for row in 0..<states.rows {
        for column in 0..<width {
          let difference = Double(span[row * width + column]) - mean[column]
          squares += difference * difference
        }
      }
    }
    self.mean = mean
    let variance = squares / Double(states.rows * width)
    self.variance = variance > 0 && variance.isFinite ? variance : 1
  }

  /// Other states on this scale.
  func applied(to states: Tensor) -> Tensor {
    let (width, deviation) = (states.columns, deviation)
    let scaled = Tensor(uninitialized: states.shape)
    states.buffer.withSpan { span in
      scaled.buffer.withMutableSpan { target in
        for row in 0..<states.rows {
          for column in 0..<width {
            let index = row * width + column
            target[index] = Float((Double(span[index]) - mean[column]) / deviation)
          }
        }
      }
    }
    return scaled
  }

  /// The weights over unscaled states that do what those over scaled ones do.
  func unscaled(_ values: [Double], labels: Int) -> [Double] {
    let (width, deviation) = (mean.count, deviation)
    var result = values
    for label in 0..<labels {
      var shift = 0.0
      for column in 0..<width {
        let weight = values[label * width + column] / deviation
        result[label * width + column] = weight
        shift += weight * mean[column]
      }
      result[labels * width + label] -= shift
    }
    return result
  }
}
