// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterTensor
internal import PrompterKernels
public import Testing

/// Records an issue unless the tape's gradients of `function` agree with finite differences.
///
/// The output is projected onto a fixed random tensor. For every input, derivatives are compared
/// along single elements (`elements` of them, drawn at random), along the gradient itself, and
/// along two random directions, which touch all elements at once. Differences are taken at four
/// points, so that their error falls with the step's fourth power and the step can be large enough
/// for float32.
///
/// - Parameters:
///   - inputs: The values to differentiate at, at least one.
///   - step: The distance between the points, for inputs of about 1.
///   - tolerance: The difference allowed, as a share of the input's largest gradient. What rounding
///     alone can do is allowed besides.
///   - elements: How many elements of each input are compared.
///   - sourceLocation: Where to report a difference.
///   - function: A function of variables on one tape, or of constants.
public func checkGradients(
  of inputs: [Tensor], step: Double = 0.03, tolerance: Double = 2e-3, elements: Int = 16,
  sourceLocation: SourceLocation = #_sourceLocation, _ function: @escaping ([Variable]) -> Variable
) {
  let wrong = gradientDifferences(
    of: inputs, step: step, tolerance: tolerance, elements: elements,
    sourceLocation: sourceLocation, function)
  for difference in wrong { report(difference, sourceLocation) }
}

/// What ``checkGradients(of:step:tolerance:elements:sourceLocation:_:)`` would report.
///
/// - Returns: A sentence for each gradient that is missing or wrong.
public func gradientDifferences(
  of inputs: [Tensor], step: Double = 0.03, tolerance: Double = 2e-3, elements: Int = 16,
  sourceLocation: SourceLocation = #_sourceLocation, _ function: @escaping ([Variable]) -> Variable
) -> [String] {
  let tape = Tape()
  let variables = inputs.map { tape.variable($0) }
  let originals = inputs.map { $0.copy() }
  let output = function(variables)
  var random = SeededRandom(seed: output.shape.count)
  let projection = random.tensor(output.shape)
  // The inputs of differences may be written by nobody, or all that follows is worthless.
  tape.pullback(from: output, seed: projection)
  return originals.indices.flatMap { index -> [String] in
    expectSameBits(inputs[index], originals[index], sourceLocation: sourceLocation)
    guard let gradient = variables[index].gradient else {
      return ["No gradient of input \(index)."]
    }
    let check = GradientCheck(
      inputs: inputs, index: index, gradient: gradient.values.map { Double($0) }, step: step,
      tolerance: tolerance, projection: projection, function: function)
    return check.differences(elements: elements, using: &random)
  }
}

// The comparison for one input.
private struct GradientCheck {
  let inputs: [Tensor]
  let index: Int
  let gradient: [Double]
  let step: Double
  let tolerance: Double
  let projection: Tensor
  let function: ([Variable]) -> Variable

  func differences(elements: Int, using random: inout SeededRandom) -> [String] {
    let count = gradient.count
    guard count > 0 else { return [] }
    var found: [String?] = []
    for _ in 0..<min(elements, count) {
      let element = Int(random.next() % UInt64(count))
      found.append(difference(along: [(element, 1)], "element \(element)"))
    }
    found.append(difference(along: unit(gradient), "its gradient"))
    for number in 1...2 {
      let direction = random.tensor([count]).values.map { Double($0) }
      found.append(difference(along: unit(direction), "random direction \(number)"))
    }
    return found.compactMap(\.self)
  }

  private func difference(
    along direction: [(element: Int, share: Double)], _ name: String
  ) -> String? {
    let near = (value(at: step, direction), value(at: -step, direction))
    let far = (value(at: 2 * step, direction), value(at: -2 * step, direction))
    let numeric =
      (8 * (near.0.sum - near.1.sum) - (far.0.sum - far.1.sum)) / (12 * step)
    let recorded = direction.reduce(0) { $0 + gradient[$1.element] * $1.share }
    let largest = gradient.reduce(0) { max($0, abs($1)) }
    // The last term is for gradients that are zero but for the rounding of what cancels in them.
    let allowed = tolerance * max(largest, abs(recorded)) + 1e-6 * near.0.noise / step + 5e-6
    guard !(abs(numeric - recorded) <= allowed) else { return nil }
    return
      "Input \(index) \(inputs[index].shape), \(name): the tape gives \(recorded), differences "
      + "\(numeric), more than \(allowed) apart."
  }

  // The projected output at a distance from the inputs, and the size of what rounding errors are
  // relative to.
  private func value(
    at distance: Double, _ direction: [(element: Int, share: Double)]
  ) -> (sum: Double, noise: Double) {
    let moved = inputs[index].copy()
    for (element, share) in direction {
      moved.buffer[element] = Float(Double(moved.buffer[element]) + distance * share)
    }
    var arguments = inputs
    arguments[index] = moved
    let output = function(arguments.map { Variable($0) }).value.values
    let terms = zip(output, projection.values).map { Double($0) * Double($1) }
    let squares = terms.reduce(0) { $0 + $1 * $1 }
    return (terms.reduce(0, +), squares.squareRoot())
  }

  private func unit(_ direction: [Double]) -> [(element: Int, share: Double)] {
    let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else { return [] }
    return direction.enumerated().map { ($0, $1 / length) }
  }
}
