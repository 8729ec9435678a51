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

  /// What the examples weigh together.
  func totalWeight(_ weights: [Float]?) -> Double {
    weights.map { weights in labels.reduce(0) { $0 + Double(weights[Int($1)]) } } ?? Double(count)
  }

  /// The sum of the cross-entropies of logits [examples, labels], in nats, times the weights of the
  /// examples' labels if they have any; `gradient` gets its gradient.
  func crossEntropy(_ logits: Tensor, weights: [Float]?, gradient: Tensor?) -> Double {
    guard let weights else {
      return Kernels.crossEntropy(
        logits.buffer, labels: labels, gradient: gradient?.buffer, gradientScale: 1)
    }
    return Kernels.crossEntropy(
      logits.buffer, labels: labels, weights: weights, gradient: gradient?.buffer,
      gradientScale: 1)
  }

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
