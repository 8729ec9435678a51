// SPDX-License-Identifier: Apache-2.0

/// The extent of a tensor along each axis, outermost first.
///
/// ```swift
/// let shape: Shape = [20, 384]
/// shape.count  // 7680
/// ```
public struct Shape: Hashable, Sendable {
  /// The extents, outermost axis first.
  public let extents: [Int]

  /// A shape with these extents, none of them negative.
  public init(_ extents: [Int]) {
    precondition(extents.allSatisfy { $0 >= 0 }, "A shape cannot be \(extents).")
    self.extents = extents
  }

  /// The number of axes.
  public var rank: Int { extents.count }

  /// The number of values: the product of all extents, 1 for a scalar.
  public var count: Int { extents.reduce(1, *) }

  /// The extent along an axis.
  public subscript(axis: Int) -> Int { extents[axis] }

  /// The product of all extents but the last: the rows of the matrix that the memory is.
  public var rows: Int { extents.dropLast().reduce(1, *) }

  /// The last extent, 1 for a scalar: the columns of the matrix that the memory is.
  public var columns: Int { extents.last ?? 1 }
}

extension Shape: ExpressibleByArrayLiteral {
  /// A shape from its extents, outermost first.
  public init(arrayLiteral extents: Int...) {
    self.init(extents)
  }
}

extension Shape: CustomStringConvertible {
  /// The extents in brackets, as in `[20, 384]`.
  public var description: String { extents.description }
}
