// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

/// A value on its way through a computation, and, where asked for, its gradient.
///
/// A variable made without a tape is a constant: operations on constants alone record nothing, so a
/// frozen model below the lowest prompt is plain inference.
public final class Variable {
  /// The value.
  public let value: Tensor

  // What the value's rows come from, if some of them are copies.
  var assembly: Assembly?

  // Where the gradient gathers, if one is wanted. A tape keeps this, not the variable.
  private let recorded: Adjoint?

  /// A constant.
  public init(_ value: Tensor) {
    self.value = value
    recorded = nil
  }

  init(_ value: Tensor, _ adjoint: Adjoint) {
    self.value = value
    recorded = adjoint
  }

  /// The tape that records what is done with this variable; `nil` for a constant.
  ///
  /// A tape holds what its variables' gradients need, not they it: when the last one else lets go
  /// of the tape, all that it recorded is freed, played or not, and its variables become constants.
  public var tape: Tape? { recorded?.tape }

  /// Where the gradient gathers; `nil` for a constant.
  var adjoint: Adjoint? { isRecorded ? recorded : nil }

  /// The gradient of the tape's loss, once ``Tape/pullback(from:)`` has reached this variable.
  public var gradient: Tensor? { recorded?.gradient?.tensor }

  /// ``gradient``, of a long table only the rows that were read.
  public var compactGradient: Gradient? { recorded?.gradient }

  /// Whether a gradient is wanted.
  public var isRecorded: Bool { tape != nil }

  /// The value's shape.
  public var shape: Shape { value.shape }

  /// Adds to the gradient, if one is wanted; the tensor may be shared with others.
  public func accumulate(_ tensor: Tensor) {
    adjoint?.accumulate(tensor)
  }
}
