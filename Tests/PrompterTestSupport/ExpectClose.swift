// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor
public import Testing

/// Records an issue unless every |a − b| ≤ absolute + relative |b|.
///
/// The issue names the position that is furthest beyond its limit, both values there and the loops
/// around the call. A NaN is never close to anything.
public func expectClose(
  _ a: Tensor, _ b: Tensor, absolute: Double = 1e-5, relative: Double = 1e-5,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard a.shape.count == b.shape.count else {
    return report("Shape \(a.shape) where \(b.shape) was expected.", sourceLocation)
  }
  let (found, expected) = (a.values, b.values)
  var worst: (index: Int, excess: Double)?
  for index in found.indices {
    let limit = absolute + relative * Double(abs(expected[index]))
    let difference = Double(found[index]) - Double(expected[index])
    let excess = difference.isNaN ? .infinity : abs(difference) / limit
    if excess > 1, excess > worst?.excess ?? 0 { worst = (index, excess) }
  }
  guard let worst else { return }
  let difference = Double(found[worst.index]) - Double(expected[worst.index])
  report(
    "\(found[worst.index]) at \(place(worst.index, in: b.shape)) of \(b.shape) where "
      + "\(expected[worst.index]) was expected: off by \(difference), "
      + "\(worst.excess) times the limit.", sourceLocation)
}

/// Records an issue unless Σ (a − b)² ≤ share Σ b² + absolute: for what is rounded on the way, of
/// which a value may be rounded to its other neighbour.
public func expectNear(
  _ a: Tensor, _ b: Tensor, share: Float, absolute: Float = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let difference = zip(a.values, b.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  let size = b.values.reduce(0) { $0 + $1 * $1 }
  guard a.shape.count == b.shape.count, difference <= share * size + absolute else {
    return report("\(a.shape) is off by \(difference) of \(size), squared.", sourceLocation)
  }
}

/// Records an issue unless both tensors hold the same bits.
public func expectSameBits(
  _ a: Tensor, _ b: Tensor, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard a.shape.count == b.shape.count else {
    return report("Shape \(a.shape) where \(b.shape) was expected.", sourceLocation)
  }
  let (found, expected) = (a.values, b.values)
  for index in found.indices where found[index].bitPattern != expected[index].bitPattern {
    return report(
      "\(found[index]) at \(place(index, in: b.shape)) of \(b.shape) is not the same bits as "
        + "\(expected[index]).", sourceLocation)
  }
}

// Records an issue with the loops around it.
func report(_ message: String, _ sourceLocation: SourceLocation) {
  let trace = Trace.current.isEmpty ? "" : " (\(Trace.current))"
  Issue.record(Comment(rawValue: message + trace), sourceLocation: sourceLocation)
}

// The position along each axis, outermost first.
private func place(_ index: Int, in shape: Shape) -> [Int] {
  var rest = index
  var result: [Int] = []
  for extent in shape.extents.reversed() {
    result.append(rest % extent)
    rest /= extent
  }
  return result.reversed()
}
