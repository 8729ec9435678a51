// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import PrompterAutodiff
public import PrompterKernels
public import PrompterTensor

/// Adafactor (Shazeer and Stern 2018, Algorithms 4 and 5), as T5X trains with it.
///
/// For a gradient G at step t, with β̂₂ = 1 − t^−c: V ← β̂₂ V + (1 − β̂₂) (G² + ε₁), whole or as
/// the product of row and column means; U = G / √V, divided by max(1, RMS(U) / d); then
/// θ ← (1 − λ) θ − η U, or the mean of such updates. Three things are easily missed: c is an
/// exponent, U is cut to a root mean square of d, and the decay λ is *not* multiplied by the rate
/// η.
public struct Adafactor: Optimizer {
  /// Its numbers.
  public let options: AdafactorOptions

  /// λ, the share of each parameter taken off at each step, whatever the rate.
  public let weightDecay: Float

  /// The parameters, in the order in which gradients are given.
  public let parameters: [Parameter]

  /// The steps taken.
  public private(set) var step = 0

  private let second: [SecondMoment]
  private let first: [Tensor?]

  private enum SecondMoment: Sendable {
    case whole(Tensor)
    case factored(rows: Tensor, columns: Tensor)
  }

  /// An optimiser that has not stepped yet.
  public init(
    _ parameters: [Parameter], weightDecay: Float = 0,
    options: AdafactorOptions = AdafactorOptions()
  ) {
    self.parameters = parameters
    self.weightDecay = weightDecay
    self.options = options
    second = parameters.map { parameter in
      let shape = parameter.value.shape
      guard options.isFactored, shape.extents.count == 2,
        min(shape[0], shape[1]) >= options.leastFactoredExtent
      else { return .whole(Tensor(zeros: shape)) }
      return .factored(rows: Tensor(zeros: [shape[0]]), columns: Tensor(zeros: [shape[1]]))
    }
    first = parameters.map { options.beta1 == nil ? nil : Tensor(zeros: $0.value.shape) }
  }

  /// Takes one step, on the calling thread; a parameter without a gradient stays as it is.
  public mutating func update(
    with gradients: [Gradient?], rates: [Float], gradientScale: Float, team: ThreadTeam
  ) {
    step += 1
    let count = Double(options.startStep + step)
    let mixing = AdafactorMixing(
      mixed: pow(count, -options.decayExponent), epsilon: options.epsilon1,
      gradientScale: gradientScale)
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = gradients[index] else { continue }
      let (rate, size) = (rates[index], parameterScale(of: parameter))
      let beta1 = options.beta1 ?? 0
      let kept = 1 - weightDecay
      if case (.rows(let rows), .whole(let second), nil) = (gradient, second[index], first[index]) {
        let table = AdafactorTable(parameter.value, second: second, gradient: rows)
        let direction = table.direction(mixing)
        let scale = rate * size / clipping(of: direction, count: parameter.value.shape.count)
        table.step(along: direction, AdafactorStep(scale: scale, beta1: beta1, kept: kept))
        continue
      }
      let direction = direction(of: gradient.tensor, second[index], mixing)
      let scale = rate * size / clipping(of: direction, count: direction.shape.count)
      Kernels.adafactorStep(
        parameter.value.buffer, first: first[index]?.buffer, direction: direction.buffer,
        step: AdafactorStep(scale: scale, beta1: beta1, kept: kept))
    }
  }

  private func direction(
    of gradient: Tensor, _ moment: SecondMoment, _ mixing: AdafactorMixing
  ) -> Tensor {
    let direction = Tensor(uninitialized: gradient.shape)
    switch moment {
    case .whole(let second):
      Kernels.adafactorDirection(
        gradient.buffer, second: second.buffer, mixing: mixing, into: direction.buffer)
    case .factored(let rows, let columns):
      Kernels.adafactorDirection(
        gradient.buffer, rowMeans: rows.buffer, columnMeans: columns.buffer, mixing: mixing,
        into: direction.buffer)
    }
    return direction
  }

  // Of a direction of `count` values; those that it lacks are zeros.
  private func clipping(of direction: Tensor, count: Int) -> Float {
    options.clippingThreshold.map {
      max(1, rootMeanSquare(of: direction, count: count) / $0)
    } ?? 1
  }

  private func parameterScale(of parameter: Parameter) -> Float {
    guard options.isScaledByParameter else { return 1 }
    return max(
      options.epsilon2, rootMeanSquare(of: parameter.value, count: parameter.value.shape.count))
  }

  private func rootMeanSquare(of tensor: Tensor, count: Int) -> Float {
    Float((Kernels.sumOfSquares(tensor.buffer) / Double(max(1, count))).squareRoot())
  }

  /// The moments, under the names of their parameters.
  public var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (index, parameter) in parameters.enumerated() {
      state["first." + parameter.name] = first[index]
      switch second[index] {
      case .whole(let moment): state["second." + parameter.name] = moment
      case .factored(let rows, let columns):
        state["second.rows." + parameter.name] = rows
        state["second.columns." + parameter.name] = columns
      }
    }
    return state
  }

  /// Goes on from a saved state; whether it was complete.
  public mutating func restore(_ state: [String: Tensor], step: Int) -> Bool {
    guard PrompterNN.restore(self.state, from: state) else { return false }
    self.step = step
    return true
  }
}
