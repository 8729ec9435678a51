// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// Neighbours of each row side by side: y[r] = [x[n(r, 0)], …, x[n(r, count − 1)]].
///
/// With ``convolutionMatrix(of:groups:)`` after it this is a convolution along rows. The pullback
/// adds to every row what it was a neighbour for.
///
/// - Parameters:
///   - neighbours: n, `count` rows of x for each row of y, in turn; −1 for zeros.
///   - count: How many neighbours a row has.
///   - x: [rows, columns].
/// - Returns: y [neighbours / count, count × columns].
public func sideBySide(_ neighbours: [Int32], count: Int, of x: Variable) -> Variable {
  let columns = x.value.columns
  precondition(neighbours.count % count == 0, "As many neighbours for each row.")
  let y = Tensor(uninitialized: [neighbours.count / count, count * columns])
  Kernels.embed(
    tokens: neighbours, words: x.value.buffer, virtualTokens: Tensor(zeros: [1, columns]).buffer,
    width: columns, into: y.buffer)
  guard let tape = x.tape else { return Variable(y) }
  return tape.record(y) { [x = x.adjoint] dy in
    guard let dx = x?.owned() else { return }
    Kernels.scatterAddRows(dy.buffer, to: neighbours, of: dx.buffer, columns: columns)
  }
}

/// The weight of a convolution along rows as a matrix over neighbours that stand side by side.
///
/// W[o, t inputs + i] = w[o, i, t], as PyTorch has w. In groups, output o sees the inputs of its
/// own group alone, and w has no others; W has zeros for them.
///
/// - Parameters:
///   - weight: w [outputs, inputs / groups, neighbours].
///   - groups: Into how many equal groups outputs and inputs fall.
/// - Returns: W [outputs, neighbours × inputs].
/// - Complexity: O(outputs inputs neighbours).
public func convolutionMatrix(of weight: Variable, groups: Int) -> Variable {
  let shape = ConvolutionShape(weight.shape.extents, groups: groups)
  var matrix = [Float](repeating: 0, count: shape.outputs * shape.neighbours * shape.inputs)
  let values = weight.value.values
  shape.forEachPlace { matrix[$1] = values[$0] }
  let y = Tensor(matrix, shape: [shape.outputs, shape.neighbours * shape.inputs])
  guard let tape = weight.tape else { return Variable(y) }
  return tape.record(y) { [weight = weight.adjoint, extents = weight.shape] dy in
    var gradient = [Float](repeating: 0, count: extents.count)
    let values = dy.values
    shape.forEachPlace { gradient[$0] = values[$1] }
    weight?.accumulate(Tensor(gradient, shape: extents), isGiven: true)
  }
}

private struct ConvolutionShape {
  let outputs, inputs, neighbours, groups: Int

  init(_ extents: [Int], groups: Int) {
    precondition(extents.count == 3 && extents[0] % groups == 0, "Groups of equal size.")
    outputs = extents[0]
    inputs = extents[1] * groups
    neighbours = extents[2]
    self.groups = groups
  }

  // Where each value of the weight stands in it and in the matrix.
  func forEachPlace(_ body: (_ weight: Int, _ matrix: Int) -> Void) {
    let own = inputs / groups
    for output in 0..<outputs {
      let first = output / (outputs / groups) * own
      for input in 0..<own {
        for neighbour in 0..<neighbours {
          body(
            (output * own + input) * neighbours + neighbour,
            (output * neighbours + neighbour) * inputs + first + input)
        }
      }
    }
  }
}
