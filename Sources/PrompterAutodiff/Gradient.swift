// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
public import PrompterTensor

/// A gradient as a tape found it.
public enum Gradient: Sendable {
  /// Of all values.
  case whole(Tensor)
  /// Of the rows of a table that were read.
  case rows(RowGradient)

  /// The gradient of all values; a new tensor where only rows are there.
  public var tensor: Tensor {
    switch self {
    case .whole(let tensor): tensor
    case .rows(let rows): rows.tensor
    }
  }

  /// What is there, without the zeros of other rows.
  public var stored: Tensor {
    switch self {
    case .whole(let tensor): tensor
    case .rows(let rows): rows.values
    }
  }

  /// The sum of two gradients of one value; one that is whole is added to in place.
  public func adding(_ other: Gradient) -> Gradient {
    switch (self, other) {
    case (.whole(let first), .whole(let second)):
      Kernels.add(second.buffer, to: first.buffer)
      return self
    case (.whole(let whole), .rows(let rows)), (.rows(let rows), .whole(let whole)):
      rows.add(to: whole)
      return .whole(whole)
    case (.rows(let first), .rows(let second)):
      return .rows(first.adding(second.values, at: second.rows))
    }
  }
}
