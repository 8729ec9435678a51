// SPDX-License-Identifier: Apache-2.0

import PrompterNN
import Testing

@Suite struct LBFGSTests {
  /// Rosenbrock's curved valley, 1 at the minimum of every coordinate.
  private static func rosenbrock(_ x: [Double]) -> (value: Double, gradient: [Double]) {
    var value = 0.0
    var gradient = [Double](repeating: 0, count: x.count)
    for i in 0..<x.count - 1 {
      let (bend, rest) = (x[i + 1] - x[i] * x[i], 1 - x[i])
      value += 100 * bend * bend + rest * rest
      gradient[i] += -400 * x[i] * bend - 2 * rest
      gradient[i + 1] += 200 * bend
    }
    return (value, gradient)
  }

  @Test(arguments: [2, 3, 10, 50])
  func `it follows a curved valley to its end`(count: Int) {
    let start = (0..<count).map { $0.isMultiple(of: 2) ? -1.2 : 1 }
    let result = LBFGS(tolerance: 1e-8).minimize(from: start, Self.rosenbrock)
    #expect(result.end == .converged)
    #expect(result.point.position.allSatisfy { abs($0 - 1) < 1e-6 })
    #expect(result.iterations < 40 * count)
    #expect(result.evaluations < 2 * result.iterations + 10)
  }

  @Test func `a long narrow bowl takes few steps`() {
    // Curvatures from 1 to 10,000, its lowest point at 1, 2, 3 ...
    let curvatures = (0..<20).map { index in 1 + 9_999 * Double(index) / 19 }
    let result = LBFGS(memory: 20, tolerance: 1e-7).minimize(
      from: [Double](repeating: 0, count: 20)
    ) { x in
      let offsets = x.indices.map { x[$0] - Double($0 + 1) }
      let gradient = offsets.indices.map { curvatures[$0] * offsets[$0] }
      return (zip(offsets, gradient).reduce(0) { $0 + $1.0 * $1.1 / 2 }, gradient)
    }
    #expect(result.end == .converged)
    #expect(result.iterations < 150)
    for (index, x) in result.point.position.enumerated() {
      #expect(abs(x - Double(index + 1)) < 1e-6)
    }
  }

  @Test func `at the minimum there is nothing to do`() {
    let result = LBFGS().minimize(from: [1, 1], Self.rosenbrock)
    #expect(result.iterations == 0)
    #expect(result.evaluations == 1)
    #expect(result.end == .converged)
  }

  @Test func `without a minimum it ends`() {
    let result = LBFGS(iterationLimit: 50).minimize(from: [0]) { (-$0[0], [-1]) }
    #expect(result.end == .stuck || result.end == .limit)
    #expect(result.point.value < 0)
  }

  @Test func `it steps back from where the function is no number`() {
    // -log x + x has its minimum at 1 and is no number below 0.
    let result = LBFGS(tolerance: 1e-9).minimize(from: [30]) { x in
      let x = x[0]
      return x > 0 ? (value(x), [1 - 1 / x]) : (.nan, [.nan])
    }
    func value(_ x: Double) -> Double { x - logarithm(x) }
    #expect(result.end == .converged)
    #expect(abs(result.point.position[0] - 1) < 1e-7)
  }

  // Newton's method on e^y = x, good enough here.
  private func logarithm(_ x: Double) -> Double {
    var (mantissa, exponent) = (x, 0.0)
    while mantissa > 1.5 { (mantissa, exponent) = (mantissa / 2, exponent + 1) }
    while mantissa < 0.75 { (mantissa, exponent) = (mantissa * 2, exponent - 1) }
    let ratio = (mantissa - 1) / (mantissa + 1)
    var (power, sum) = (ratio, 0.0)
    for term in stride(from: 1.0, to: 60, by: 2) {
      sum += power / term
      power *= ratio * ratio
    }
    return 2 * sum + exponent * 0.693147180559945309
  }

  @Test func `a start that is no number is where it ends`() {
    let result = LBFGS().minimize(from: [0]) { _ in (.nan, [.nan]) }
    #expect(result.end == .stuck)
    #expect(result.evaluations == 1)
  }

  @Test func `rounding of the function does not keep it from the minimum`() {
    let result = LBFGS(tolerance: 2e-6, noise: 1e-7).minimize(from: [3, -2, 5]) { x in
      let sum = x.reduce(0) { $0 + $1 * $1 }
      return (Double(Float(100 + sum / 2)), x.map { Double(Float($0)) })
    }
    #expect(result.end == .converged)
    #expect(result.point.steepness <= 2e-6)
  }

  @Test func `it stops when it is told to`() {
    var left = 3
    let result = LBFGS().minimize(
      from: [-1.2, 1],
      isStopped: {
        left -= 1
        return left < 0
      }, Self.rosenbrock)
    #expect(result.end == .stopped)
    #expect(result.iterations == 3)
  }

  @Test func `no more steps than the limit are taken`() {
    let result = LBFGS(iterationLimit: 5).minimize(from: [-1.2, 1], Self.rosenbrock)
    #expect(result.end == .limit)
    #expect(result.iterations == 5)
    #expect(result.point.value < Self.rosenbrock([-1.2, 1]).value)
  }

  @Test func `the same function gives the same bits`() {
    let results = (0..<2).map { _ in
      LBFGS(tolerance: 1e-8).minimize(from: [-1.2, 1, -1.2, 1], Self.rosenbrock)
    }
    #expect(results[0] == results[1])
  }
}
