// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterKernels

extension Tensor {
  /// A tensor of normally distributed values with mean 0, by the method of Box and Muller.
  public init(
    normal shape: Shape, deviation: Double, using generator: inout SeededGenerator
  ) {
    self.init(uninitialized: shape)
    for index in 0..<shape.count {
      let radius = (-2 * log(1 - generator.uniform())).squareRoot()
      let angle = 2 * Double.pi * generator.uniform()
      buffer[index] = Float(deviation * radius * cos(angle))
    }
  }

  /// A tensor of values drawn evenly from a range.
  public init(
    uniform shape: Shape, in range: Range<Double>, using generator: inout SeededGenerator
  ) {
    self.init(uninitialized: shape)
    for index in 0..<shape.count {
      let share = generator.uniform()
      buffer[index] = Float(range.lowerBound + share * (range.upperBound - range.lowerBound))
    }
  }
}
