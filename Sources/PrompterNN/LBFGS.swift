// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// L-BFGS (Liu and Nocedal 1989): a smooth function of many numbers is followed down to its
/// minimum.
///
/// The inverse Hessian is known by the last ``memory`` steps alone (Nocedal and Wright 2006,
/// algorithm 7.4). Steps satisfy the weak Wolfe conditions, found by bracketing (Lewis and Overton
/// 2013) with cubic interpolation; near the minimum, where a function's own rounding hides its
/// descent, the slope decides (Hager and Zhang 2005). Everything is in double precision and on the
/// calling thread, so that the same function gives the same bits.
public struct LBFGS: Sendable {
  /// The steps that are remembered.
  public var memory: Int

  /// The largest component of a gradient that counts as none.
  public var tolerance: Double

  /// The most steps.
  public var iterationLimit: Int

  /// How much of a value, as a share of it, may be rounding.
  public var noise: Double

  /// A way down; the noise is that of sums in double precision unless told otherwise.
  public init(
    memory: Int = 10, tolerance: Double = 1e-6, iterationLimit: Int = 1_000, noise: Double = 1e-14
  ) {
    self.memory = memory
    self.tolerance = tolerance
    self.iterationLimit = iterationLimit
    self.noise = noise
  }

  /// Why it ended.
  public enum End: Sendable, Equatable {
    /// The gradient is as good as zero.
    case converged
    /// No step brought the function lower, because of rounding or because it has no minimum.
    case stuck
    /// The steps were used up.
    case limit
    /// It was told to stop.
    case stopped
  }

  /// A place and what the function is there.
  public struct Point: Sendable, Equatable {
    /// Where it is.
    public var position: [Double]
    /// The function.
    public var value: Double
    /// The gradient.
    public var gradient: [Double]

    /// The largest component of the gradient.
    public var steepness: Double { gradient.reduce(0) { max($0, abs($1)) } }

    fileprivate var isFinite: Bool { value.isFinite && gradient.allSatisfy(\.isFinite) }
  }

  /// Where it came to.
  public struct Result: Sendable, Equatable {
    /// The lowest point found.
    public var point: Point
    /// The steps taken.
    public var iterations: Int
    /// How often the function was asked.
    public var evaluations: Int
    /// Why it ended.
    public var end: End
  }

  /// Minimises a function.
  ///
  /// - Parameters:
  ///   - start: Where to begin.
  ///   - isStopped: Asked before each step whether to give up.
  ///   - function: The value and the gradient at a position.
  /// - Returns: The lowest point found.
  /// - Complexity: Two evaluations a step at most as a rule, and 4 × memory × count operations.
  public func minimize(
    from start: [Double], isStopped: () -> Bool = { false },
    _ function: ([Double]) -> (value: Double, gradient: [Double])
  ) -> Result {
    var evaluations = 0
    func evaluate(_ position: [Double]) -> Point {
      evaluations += 1
      let (value, gradient) = function(position)
      return Point(position: position, value: value, gradient: gradient)
    }
    var point = evaluate(start)
    var history = History(limit: memory)
    var iterations = 0
    func result(_ end: End) -> Result {
      Result(point: point, iterations: iterations, evaluations: evaluations, end: end)
    }
    guard point.isFinite else { return result(.stuck) }
    while point.steepness > tolerance {
      if isStopped() { return result(.stopped) }
      guard iterations < iterationLimit else { return result(.limit) }
      let direction = history.direction(at: point)
      guard let next = search(from: point, along: direction, evaluate) else {
        // What is remembered may be what misleads.
        guard !history.isEmpty else { return result(.stuck) }
        history = History(limit: memory)
        continue
      }
      history.add(from: point, to: next)
      point = next
      iterations += 1
    }
    return result(.converged)
  }
}

// MARK: - The step

extension LBFGS {
  // Sufficient decrease and curvature (Nocedal and Wright 2006, section 3.1).
  private static let decrease = 1e-4
  private static let curvature = 0.9
  private static let trials = 40

  // A place on a line: how far, how high, how steep.
  private struct Trial {
    let step: Double
    let value: Double
    let slope: Double
  }

  private func search(
    from point: Point, along direction: [Double], _ evaluate: ([Double]) -> Point
  ) -> Point? {
    let start = Trial(step: 0, value: point.value, slope: dot(point.gradient, direction))
    guard start.slope < 0 else { return nil }
    var low = start
    var high: Trial?
    var lowest: Point?
    var step = 1.0
    for _ in 0..<Self.trials {
      let there = evaluate(sum(point.position, direction, times: step))
      let trial = Trial(
        step: step, value: there.isFinite ? there.value : .infinity,
        slope: dot(there.gradient, direction))
      if !isLowEnough(trial, from: start) {
        high = trial
      } else if trial.slope < Self.curvature * start.slope {
        (low, lowest) = (trial, there)
      } else {
        return there
      }
      step = high.map { Self.between(low, $0) } ?? 2 * step
    }
    return lowest
  }

  private func isLowEnough(_ trial: Trial, from start: Trial) -> Bool {
    if trial.value <= start.value + Self.decrease * trial.step * start.slope { return true }
    return trial.value <= start.value + noise * abs(start.value)
      && trial.slope <= (2 * Self.decrease - 1) * start.slope
  }

  // The minimum of the cubic through both, kept away from both.
  private static func between(_ low: Trial, _ high: Trial) -> Double {
    let width = high.step - low.step
    let middle = low.step + width / 2
    guard high.value.isFinite, high.slope.isFinite else { return low.step + width / 10 }
    let a = low.slope + high.slope - 3 * (high.value - low.value) / width
    let root = a * a - low.slope * high.slope
    guard root >= 0 else { return middle }
    let denominator = high.slope - low.slope + 2 * root.squareRoot()
    guard denominator != 0 else { return middle }
    let step = high.step - width * (high.slope + root.squareRoot() - a) / denominator
    guard step.isFinite else { return middle }
    return min(max(step, low.step + 0.1 * width), high.step - 0.1 * width)
  }
}

// MARK: - What is remembered

// The last steps and what the gradient did along them.
private struct History {
  private struct Pair {
    let step: [Double]
    let change: [Double]
    let product: Double
  }

  private let limit: Int
  private var pairs: [Pair] = []

  init(limit: Int) {
    self.limit = limit
  }

  var isEmpty: Bool { pairs.isEmpty }

  mutating func add(from point: LBFGS.Point, to next: LBFGS.Point) {
    let step = sum(next.position, point.position, times: -1)
    let change = sum(next.gradient, point.gradient, times: -1)
    let product = dot(step, change)
    // Rounding may bend the function the wrong way; such a step teaches nothing.
    guard product > 1e-12 * dot(change, change).squareRoot() * dot(step, step).squareRoot() else {
      return
    }
    if pairs.count == limit { pairs.removeFirst() }
    pairs.append(Pair(step: step, change: change, product: product))
  }

  // The two loops; before anything is known, a step of length 1 at most.
  func direction(at point: LBFGS.Point) -> [Double] {
    var direction = point.gradient.map { -$0 }
    guard let last = pairs.last else {
      let length = dot(direction, direction).squareRoot()
      return length > 1 ? direction.map { $0 / length } : direction
    }
    var shares = [Double](repeating: 0, count: pairs.count)
    for (index, pair) in pairs.enumerated().reversed() {
      shares[index] = dot(pair.step, direction) / pair.product
      direction = sum(direction, pair.change, times: -shares[index])
    }
    let scale = last.product / dot(last.change, last.change)
    direction = direction.map { $0 * scale }
    for (index, pair) in pairs.enumerated() {
      let share = dot(pair.change, direction) / pair.product
      direction = sum(direction, pair.step, times: shares[index] - share)
    }
    return direction
  }
}

// Eight sums at once, so that none waits for another.
private func dot(_ x: [Double], _ y: [Double]) -> Double {
  let count = min(x.count, y.count)
  var sums = SIMD8<Double>.zero
  let whole = count - count % 8
  for start in stride(from: 0, to: whole, by: 8) {
    sums.addProduct(eight(of: x, at: start), eight(of: y, at: start))
  }
  return (whole..<count).reduce(sums.sum()) { $0 + x[$1] * y[$1] }
}

private func eight(of x: [Double], at start: Int) -> SIMD8<Double> {
  SIMD8(
    x[start], x[start + 1], x[start + 2], x[start + 3], x[start + 4], x[start + 5], x[start + 6],
    x[start + 7])
}

private func sum(_ x: [Double], _ y: [Double], times a: Double) -> [Double] {
  zip(x, y).map { $0 + a * $1 }
}
