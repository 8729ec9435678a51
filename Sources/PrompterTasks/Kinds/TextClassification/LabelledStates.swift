// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Pooled states and the labels of their examples.
struct LabelledStates: Sendable {
  /// [examples, width].
  let states: Tensor
  /// The index of each example's label.
  let labels: [Int32]

  var count: Int { labels.count }

  /// Consecutive ones, in the same memory.
  func part(_ range: Range<Int>) -> LabelledStates {
    let width = states.columns
    let values = Buffer(range.lowerBound * width..<range.upperBound * width, of: states.buffer)
    return LabelledStates(
      states: Tensor(reading: values, shape: [range.count, width]), labels: Array(labels[range]))
  }

  /// The ones of a range in parts of at most `most`.
  func parts(of range: Range<Int>, most: Int) -> [LabelledStates] {
    stride(from: range.lowerBound, to: range.upperBound, by: most).map {
      part($0..<min($0 + most, range.upperBound))
    }
  }

  /// The ones of some indices, copied.
  func gathered(_ indices: [Int]) -> LabelledStates {
    LabelledStates(states: states.gathered(indices), labels: indices.map { labels[$0] })
  }
}

/// States moved to mean 0 and scaled by one number to a mean variance of 1.
///
/// One number for all features and not one for each: so a penalty on weights is still one on the
/// weights of the states as they are, only its strength no longer depends on the model.
struct StateScale: Sendable {
  /// The mean of each feature.
  let mean: [Double]
  /// The root of the mean variance; 1 if all states are equal.
  let deviation: Double

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
    deviation = variance > 0 && variance.isFinite ? variance.squareRoot() : 1
  }

  /// Other states on this scale.
  func applied(to states: Tensor) -> Tensor {
    let width = states.columns
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
    let width = mean.count
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
