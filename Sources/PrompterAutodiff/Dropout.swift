// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// y = x with values dropped at random and the others scaled up (Srivastava and others 2014).
///
/// - Parameters:
///   - x: [rows, columns].
///   - dropout: The probability, and the key of this place and step.
///   - rowKeys: One key for each row, which with the column decides a value's fate.
/// - Returns: y [rows, columns]; the pullback drops the same values.
public func drop(_ x: Variable, by dropout: Dropout, rowKeys: [UInt32]) -> Variable {
  let y = Tensor(uninitialized: x.shape)
  Kernels.drop(x.value.buffer, by: dropout, rowKeys: rowKeys, into: y.buffer)
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    let dx = Tensor(uninitialized: dy.shape)
    Kernels.drop(dy.buffer, by: dropout, rowKeys: rowKeys, into: dx.buffer)
    x?.accumulate(dx)
  }
}
