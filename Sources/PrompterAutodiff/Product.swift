// SPDX-License-Identifier: Apache-2.0

public import PrompterKernels
internal import PrompterTensor

/// y = x Wᵀ for a frozen weight, x [rows, inputs], y [rows, outputs].
///
/// The pullback is dx = dy W; nothing is computed for the weight.
///
/// - Complexity: 2 rows inputs outputs FLOPs each way.
public func product(_ x: Variable, _ weight: PackedMatrix) -> Variable {
  let rows = x.value.rows
  let y = Tensor(uninitialized: [rows, weight.outputs])
  weight.multiply(x.value.buffer, rows: rows, into: y.buffer)
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    let dx = Tensor(uninitialized: [rows, weight.inputs])
    weight.multiplyTransposed(dy.buffer, rows: rows, into: dx.buffer)
    x?.accumulate(dx, isGiven: true)
  }
}

/// y = x Wᵀ for a weight [outputs, inputs] that may be trained.
///
/// The pullback is dx = dy W and dW = dyᵀ x, each only where wanted.
///
/// - Parameters:
///   - x: [rows, inputs].
///   - weight: W.
///   - roundsFactors: Whether both factors of all three products are rounded to bfloat16; sums are
///     float32.
/// - Returns: y [rows, outputs].
/// - Complexity: 2 rows inputs outputs FLOPs forward, as much again for each gradient.
public func product(_ x: Variable, _ weight: Variable, roundsFactors: Bool = false) -> Variable {
  let rows = x.value.rows
  let (outputs, inputs) = (weight.shape[0], weight.shape[1])
  let y = Tensor(uninitialized: [rows, outputs])
  Kernels.product(
    x.value.buffer, weight.value.buffer, transposingB: true, m: rows, n: outputs, k: inputs,
    into: y.buffer, roundingFactors: roundsFactors)
  guard let tape = Tape.common(x, weight) else { return Variable(y) }
  let input = weight.isRecorded ? x.value : nil
  return tape.record(y) { [x = x.adjoint] dy in
    if let x {
      let dx = Tensor(uninitialized: [rows, inputs])
      Kernels.product(
        dy.buffer, weight.value.buffer, m: rows, n: inputs, k: outputs, into: dx.buffer,
        roundingFactors: roundsFactors)
      x.accumulate(dx, isGiven: true)
    }
    guard let input else { return }
    weight.adjoint?.accumulate { dw, isAdding in
      Kernels.product(
        dy.buffer, input.buffer, transposingA: true, m: outputs, n: inputs, k: rows,
        into: dw.buffer, accumulating: isAdding, roundingFactors: roundsFactors)
    }
  }
}
