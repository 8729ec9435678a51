// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension Reference {
  /// x, the first heads of each row turned by place × base^(−2 i / size): as complex numbers whose
  /// parts are a head's halves.
  public static func rotated(
    _ x: Matrix, heads: Int, size: Int, base: Double, places: [Int32]
  ) -> Matrix {
    var y = x
    for row in 0..<x.rows {
      for head in 0..<heads {
        for index in 0..<size / 2 {
          let (real, imaginary) = (head * size + index, head * size + index + size / 2)
          let angle = Double(places[row]) * pow(base, -2 * Double(index) / Double(size))
          y[row, real] = x[row, real] * cos(angle) - x[row, imaginary] * sin(angle)
          y[row, imaginary] = x[row, real] * sin(angle) + x[row, imaginary] * cos(angle)
        }
      }
    }
    return y
  }
}
