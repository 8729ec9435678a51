// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
public import PrompterTensor

/// AdamW (Loshchilov and Hutter 2019, Algorithm 2): Adam with decay apart from the gradient.
///
/// With PyTorch's defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
public struct AdamW: Optimizer {
  /// The decay of the mean of gradients.
  public var beta1: Float = 0.9
  /// The decay of the mean of squared gradients.
  public var beta2: Float = 0.999
  /// Added to the root of the second moment.
  public var epsilon: Float = 1e-8
  /// The share of each parameter taken off at each step, times the rate.
  public var weightDecay: Float

  /// The parameters, in the order in which gradients are given.
  public let parameters: [Parameter]

  /// The steps taken.
  public private(set) var step = 0

  private var moments: [RowMoments]

  /// An optimiser that has not stepped yet.
  public init(_ parameters: [Parameter], weightDecay: Float = 0) {
    self.parameters = parameters
    self.weightDecay = weightDecay
    moments = parameters.map { RowMoments($0.value.shape) }
  }

  /// Takes one step; a parameter without a gradient stays as it is.
  public mutating func update(
    with gradients: [Gradient?], rates: [Float], gradientScale: Float, team: ThreadTeam
  ) {
    step += 1
    let steps = rates.map {
      AdamWStep(
        step: step, rate: $0, beta1: beta1, beta2: beta2, epsilon: epsilon,
        weightDecay: weightDecay, gradientScale: gradientScale)
    }
    for (index, gradient) in gradients.enumerated() {
      if let gradient { moments[index].touch(gradient) }
    }
    let updates = parameters.indices.compactMap { index in
      gradients[index].map {
        AdamWUpdate(of: parameters[index], moments[index], with: $0, step: steps[index])
      }
    }
    team.forEachPiece(of: updates.map(\.storedCount)) { updates[$0.buffer].step(in: $0.range) }
    guard weightDecay != 0 else { return }
    team.forEachPiece(of: updates.map(\.untouchedCount)) { updates[$0.buffer].decay(in: $0.range) }
  }

  /// The moments, under the names of their parameters.
  public var state: [String: Tensor] {
    zip(parameters, moments).reduce(into: [:]) { state, pair in
      state.merge(pair.1.state(pair.0.name)) { $1 }
    }
  }

  /// Goes on from a saved state; whether it was complete.
  public mutating func restore(_ state: [String: Tensor], step: Int) -> Bool {
    let restored = zip(parameters, moments).compactMap { $1.restored($0.name, from: state) }
    guard restored.count == parameters.count else { return false }
    moments = restored
    self.step = step
    return true
  }
}

/// What one step does to one parameter.
private struct AdamWUpdate: Sendable {
  private let value: Buffer
  private let columns: Int
  private let moments: RowMoments
  private let gradient: Buffer
  private let places: [Int32]
  private let numbers: AdamWStep

  init(of parameter: Parameter, _ moments: RowMoments, with gradient: Gradient, step: AdamWStep) {
    value = parameter.value.buffer
    columns = moments.shape.columns
    self.moments = moments
    self.gradient = moments.areWhole ? gradient.tensor.buffer : gradient.stored.buffer
    places = moments.areWhole ? [] : moments.places(in: gradient)
    numbers = step
  }

  var storedCount: Int { moments.storedCount }

  var untouchedCount: Int { moments.storedCount == value.count ? 0 : value.count }

  // Moves the values whose moments are in a range.
  func step(in range: Range<Int>) {
    let (first, second) = (moments.first.buffer, moments.second.buffer)
    guard !moments.areWhole else {
      return Kernels.adamW(
        value, gradient: gradient, first: first, second: second, in: range, step: numbers)
    }
    Kernels.adamW(
      value, rows: moments.rows, gradient: gradient, places: places, first: first, second: second,
      columns: columns, in: rows(from: range), step: numbers)
  }

  // Shrinks the values in a range whose gradients were zeros all along.
  func decay(in range: Range<Int>) {
    for row in rows(from: range) where moments.isUntouched(row) {
      Kernels.adamWDecay(value, in: row * columns..<(row + 1) * columns, step: numbers)
    }
  }

  // The rows that begin in a range: each is in one piece's part only.
  private func rows(from range: Range<Int>) -> Range<Int> {
    (range.lowerBound + columns - 1) / columns..<(range.upperBound + columns - 1) / columns
  }
}
