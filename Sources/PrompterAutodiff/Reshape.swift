// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

/// The values of x in another shape, in the same memory; the pullback gives dy x's shape.
///
/// - Parameters:
///   - x: Any variable.
///   - shape: A shape of as many values.
/// - Returns: y.
public func reshaped(_ x: Variable, to shape: Shape) -> Variable {
  let y = x.value.reshaped(to: shape)
  let own = x.value.shape
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in x?.accumulate(dy.reshaped(to: own)) }
}
