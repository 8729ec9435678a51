// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// y[r] = x[indices[r]] for x [rows, columns]; the pullback adds each row of dy to its origin.
public func rows(_ indices: [Int32], of x: Variable) -> Variable {
  let columns = x.value.columns
  let y = Tensor(uninitialized: [indices.count, columns])
  Kernels.gatherRows(indices, of: x.value.buffer, into: y.buffer, columns: columns)
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    guard let dx = x?.owned() else { return }
    Kernels.scatterAddRows(dy.buffer, to: indices, of: dx.buffer, columns: columns)
  }
}

/// y[r] = the mean of rows begin[r] ..< end[r] of x [rows, columns].
///
/// The pullback gives each of those rows an equal share of dy[r].
public func meanRows(of x: Variable, begin: [Int32], end: [Int32]) -> Variable {
  let columns = x.value.columns
  let y = Tensor(uninitialized: [begin.count, columns])
  Kernels.meanRows(of: x.value.buffer, begin: begin, end: end, into: y.buffer, columns: columns)
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    guard let dx = x?.owned() else { return }
    Kernels.meanRowsPullback(
      dy.buffer, begin: begin, end: end, addingTo: dx.buffer, columns: columns)
  }
}

/// Columns `range` of x [rows, columns], as a matrix of their own.
public func columns(_ range: Range<Int>, of x: Variable) -> Variable {
  let y = Tensor(uninitialized: [x.value.rows, range.count])
  Kernels.copyColumns(
    of: x.value.buffer, xColumns: x.value.columns, from: range.lowerBound, to: y.buffer,
    yColumns: range.count, at: 0, columns: range.count)
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    // Slices of one matrix do not overlap, so their gradients may be written where they belong.
    guard let dx = x?.owned() else { return }
    Kernels.addColumns(
      dy.buffer, columns: range.count, to: dx.buffer, at: range.lowerBound,
      targetColumns: dx.columns)
  }
}
