// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor
internal import PrompterKernels

/// A value on its way through a computation, and, where asked for, its gradient.
///
/// A variable made without a tape is a constant: operations on constants alone record nothing, so a
/// frozen model below the lowest prompt is plain inference.
public final class Variable {
  /// The value.
  public let value: Tensor

  /// The tape that records what is done with this variable; `nil` for a constant.
  ///
  /// A tape holds its variables, not they it: when the last one else lets go of the tape, all that
  /// it recorded is freed, played or not, and its variables become constants.
  public private(set) weak var tape: Tape?

  /// The gradient of the tape's loss, once ``Tape/pullback(from:)`` has reached this variable.
  public private(set) var gradient: Tensor?

  // Whether the gradient's storage is this variable's alone and may be added to in place.
  private var ownsGradient = false

  /// A constant.
  public init(_ value: Tensor) {
    self.value = value
    tape = nil
  }

  init(_ value: Tensor, on tape: Tape) {
    self.value = value
    self.tape = tape
  }

  /// Whether a gradient is wanted.
  public var isRecorded: Bool { tape != nil }

  /// The value's shape.
  public var shape: Shape { value.shape }

  /// Adds to the gradient, if one is wanted; the tensor may be shared with others.
  public func accumulate(_ tensor: Tensor) {
    guard isRecorded else { return }
    precondition(
      tensor.shape.count == shape.count, "A gradient \(tensor.shape) for a value \(shape).")
    guard let present = gradient else {
      gradient = tensor
      return
    }
    if !ownsGradient {
      gradient = present.copy()
      ownsGradient = true
    }
    if let gradient { Kernels.add(tensor.buffer, to: gradient.buffer) }
  }

  /// The gradient to add to in place, zeros at first; `nil` if none is wanted.
  public func ownedGradient() -> Tensor? {
    guard isRecorded else { return nil }
    if gradient == nil {
      gradient = Tensor(zeros: shape)
    } else if !ownsGradient {
      gradient = gradient?.copy()
    }
    ownsGradient = true
    return gradient
  }

  /// Adds to the gradient in place, if one is wanted, without zeros to begin with.
  ///
  /// - Parameter write: Writes to the gradient's storage, or adds to it if there is one already.
  func accumulate(writing write: (_ gradient: Tensor, _ isAdding: Bool) -> Void) {
    guard isRecorded else { return }
    guard gradient == nil else {
      if let gradient = ownedGradient() { write(gradient, true) }
      return
    }
    let first = Tensor(uninitialized: shape)
    write(first, false)
    gradient = first
    ownsGradient = true
  }

  // Hands the gradient to the pullback, which frees it when done.
  func takeGradient() -> Tensor? {
    defer {
      gradient = nil
      ownsGradient = false
    }
    return gradient
  }
}
