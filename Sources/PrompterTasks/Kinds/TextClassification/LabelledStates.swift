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
