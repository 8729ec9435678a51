// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// The gradient of a variable as it gathers, apart from the variable's value.
///
/// Pullbacks hold adjoints where they need no value, so that what only the forward pass reads is
/// freed while it still runs: in a frozen BERT layer more than half of what it computes.
final class Adjoint {
  /// The shape of the variable's value.
  let shape: Shape

  /// The tape on which the variable is recorded, as long as there is one.
  private(set) weak var tape: Tape?

  /// What has gathered.
  private(set) var gradient: Tensor?

  // Whether the gradient's storage is this adjoint's alone and may be added to in place.
  private var ownsGradient = false

  init(_ shape: Shape, on tape: Tape) {
    self.shape = shape
    self.tape = tape
  }

  /// Adds to the gradient; the tensor may be shared with others.
  func accumulate(_ tensor: Tensor) {
    precondition(
      tensor.shape.count == shape.count, "A gradient \(tensor.shape) for a value \(shape).")
    guard gradient != nil else {
      gradient = tensor
      return
    }
    Kernels.add(tensor.buffer, to: owned().buffer)
  }

  /// Adds to the gradient in place, without zeros to begin with.
  ///
  /// - Parameter write: Writes to the gradient's storage, or adds to it if there is one already.
  func accumulate(writing write: (_ gradient: Tensor, _ isAdding: Bool) -> Void) {
    guard gradient == nil else { return write(owned(), true) }
    let first = Tensor(uninitialized: shape)
    write(first, false)
    gradient = first
    ownsGradient = true
  }

  /// The gradient to add to in place, zeros at first.
  func owned() -> Tensor {
    if let gradient, ownsGradient { return gradient }
    let own = gradient?.copy() ?? Tensor(zeros: shape)
    gradient = own
    ownsGradient = true
    return own
  }

  /// Hands the gradient to the pullback, which frees it when done.
  func take() -> Tensor? {
    defer {
      gradient = nil
      ownsGradient = false
    }
    return gradient
  }
}
