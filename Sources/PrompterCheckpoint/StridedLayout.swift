// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Where a tensor's values lie among those of a file: index i along axis a is i · stride(a) values
/// behind index 0.
///
/// A transposed view has the same values as its original under other strides.
struct StridedLayout: Equatable, Sendable {
  let shape: Shape
  let strides: [Int]

  /// The number of values from the first one to the last one, both included.
  let reach: Int

  /// More axes than anybody needs, so that no file can ask for millions.
  private static let mostAxes = 64

  /// A layout that lies within `available` values; nil if that is impossible.
  ///
  /// No layout may have more values than there are: one value, repeated by strides of zero, could
  /// ask for any amount of memory.
  init?(extents: [Int], strides: [Int], available: Int) {
    guard extents.count == strides.count, extents.count <= Self.mostAxes,
      extents.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 })
    else { return nil }
    var product = 1
    var last = 0
    for (extent, stride) in zip(extents, strides) {
      // An extent of zero empties a tensor without excusing the others.
      let (next, isTooMany) = product.multipliedReportingOverflow(by: max(extent, 1))
      guard !isTooMany, next <= 1 << 48 else { return nil }
      product = next
      let (step, isTooFar) = max(extent - 1, 0).multipliedReportingOverflow(by: stride)
      let (sum, isBeyond) = last.addingReportingOverflow(step)
      guard !isTooFar, !isBeyond else { return nil }
      last = sum
    }
    let isEmpty = extents.contains(0)
    guard isEmpty || (last < available && product <= available) else { return nil }
    shape = Shape(extents)
    // Along an axis of one index nobody steps, whatever the file says.
    self.strides = zip(extents, strides).map { $0 > 1 ? $1 : 0 }
    reach = isEmpty ? 0 : last + 1
  }

  /// The layout in which the first index runs fastest, as Fortran stores arrays.
  init?(columnMajor extents: [Int], available: Int) {
    var strides: [Int] = []
    var stride = 1
    for extent in extents {
      strides.append(stride)
      let (next, isTooMany) = stride.multipliedReportingOverflow(by: max(extent, 1))
      guard !isTooMany else { return nil }
      stride = next
    }
    self.init(extents: extents, strides: strides, available: available)
  }

  /// The layout in which the last index runs fastest, as everywhere else in the engine.
  init?(rowMajor extents: [Int], available: Int) {
    guard let reversed = StridedLayout(columnMajor: extents.reversed(), available: available)
    else { return nil }
    shape = Shape(extents)
    strides = reversed.strides.reversed()
    reach = reversed.reach
  }

  /// Whether the values follow each other row after row without a gap.
  var isContiguous: Bool {
    var expected = 1
    for (extent, stride) in zip(shape.extents, strides).reversed() where extent != 1 {
      guard stride == expected else { return false }
      expected *= extent
    }
    return true
  }

  /// Reads the tensor whose first value is at a byte, and converts it to float32.
  ///
  /// The file must have ``reach`` values from there.
  func tensor(in mapping: MappedFile, at offset: Int, as format: FloatFormat) -> Tensor {
    let tensor = Tensor(uninitialized: shape)
    guard reach > 0 else { return tensor }
    if isContiguous {
      mapping.convert(format, at: offset, into: tensor.buffer)
    } else {
      let values = Buffer(count: reach)
      mapping.convert(format, at: offset, into: values)
      gather(values, into: tensor.buffer)
    }
    return tensor
  }

  /// Puts the values in rows, one after the other.
  private func gather(_ source: Buffer, into target: Buffer) {
    let rowExtents = shape.extents.dropLast()
    let columns = shape.columns
    let columnStride = strides.last ?? 1
    var index = [Int](repeating: 0, count: rowExtents.count)
    var start = 0
    source.withSpan { source in
      target.withMutableSpan { target in
        for row in 0..<shape.rows {
          for column in 0..<columns {
            target[row * columns + column] = source[start + column * columnStride]
          }
          // The next row: like the digits of a number, the last index that has room goes up and
          // those behind it go back to zero.
          for axis in rowExtents.indices.reversed() {
            index[axis] += 1
            start += strides[axis]
            if index[axis] < rowExtents[axis] { break }
            start -= index[axis] * strides[axis]
            index[axis] = 0
          }
        }
      }
    }
  }
}
