// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// y = x, the first `heads` heads of each row turned by the angles of its place: rotary positions.
///
/// Su and others 2021. With a and b the halves of a head and c and s the cosines and sines of its
/// place, they become a c − b s and b c + a s. The pullback turns dy back.
///
/// - Parameters:
///   - x: Heads side by side [rows, ≥ heads size].
///   - heads: How many heads are turned; columns behind them stay as they are.
///   - rotation: The place of each row and its angles.
/// - Returns: y, of x's shape.
public func rotate(_ x: Variable, heads: Int, by rotation: Rotation) -> Variable {
  let y = Tensor(uninitialized: x.shape)
  Kernels.rotate(x.value.buffer, heads: heads, by: rotation, into: y.buffer)
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    let dx = Tensor(uninitialized: dy.shape)
    Kernels.rotate(dy.buffer, heads: heads, by: rotation, .backward, into: dx.buffer)
    x?.accumulate(dx, isGiven: true)
  }
}
