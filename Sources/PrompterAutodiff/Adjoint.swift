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
  private(set) var gradient: Gradient?

  // Whether the gradient's storage is this adjoint's alone and may be added to in place.
  private var ownsGradient = false

  init(_ shape: Shape, on tape: Tape) {
    self.shape = shape
    self.tape = tape
  }

  /// Adds to the gradient.
  ///
  /// - Parameters:
  ///   - tensor: What is added.
  ///   - isGiven: Whether nobody else reads the tensor, so that the sum may be written to it; else
  ///     it may be shared.
  func accumulate(_ tensor: Tensor, isGiven: Bool = false) {
    precondition(
      tensor.shape.count == shape.count, "A gradient \(tensor.shape) for a value \(shape).")
    switch gradient {
    case nil:
      gradient = .whole(tensor)
      ownsGradient = isGiven
    case .whole(let shared) where isGiven && !ownsGradient:
      Kernels.add(shared.buffer, to: tensor.buffer)
      gradient = .whole(tensor)
      ownsGradient = true
    default:
      Kernels.add(tensor.buffer, to: owned().buffer)
    }
  }

  /// Adds to the gradient in place, without zeros to begin with.
  ///
  /// - Parameter write: Writes to the gradient's storage, or adds to it if there is one already.
  func accumulate(writing write: (_ gradient: Tensor, _ isAdding: Bool) -> Void) {
    guard gradient == nil else { return write(owned(), true) }
    let first = Tensor(uninitialized: shape)
    write(first, false)
    gradient = .whole(first)
    ownsGradient = true
  }

  /// Adds x[i] to row `indices[i]` of a table's gradient, where that is not negative.
  ///
  /// As long as nothing else is added, only the rows of a table much longer than `indices` are
  /// kept.
  func scatter(_ x: Tensor, to indices: [Int32]) {
    switch gradient {
    case .rows(let rows): gradient = .rows(rows.adding(x, at: indices))
    case nil where shape.rows > 4 * indices.count:
      gradient = .rows(RowGradient(zeros: shape).adding(x, at: indices))
    default:
      Kernels.scatterAddRows(x.buffer, to: indices, of: owned().buffer, columns: x.columns)
    }
  }

  /// The gradient to add to in place, zeros at first.
  func owned() -> Tensor {
    if case .whole(let tensor) = gradient, ownsGradient { return tensor }
    let own =
      switch gradient {
      case .whole(let tensor): tensor.copy()
      case .rows(let rows): rows.tensor
      case nil: Tensor(zeros: shape)
      }
    gradient = .whole(own)
    ownsGradient = true
    return own
  }

  /// Hands over a gradient that nobody else reads, to whoever adds to it in place.
  func takeOwned() -> Gradient? {
    if case .whole = gradient { _ = owned() }
    return take()
  }

  /// Hands the gradient over to whoever frees it when done.
  func take() -> Gradient? {
    defer {
      gradient = nil
      ownsGradient = false
    }
    return gradient
  }
}
