// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
public import PrompterTensor

/// AdamW (Loshchilov and Hutter 2019, Algorithm 2): Adam with decay apart from the gradient.
///
/// With PyTorch's defaults: β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
public struct AdamW: Sendable {
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

  private let first: [Tensor]
  private let second: [Tensor]

  /// An optimiser that has not stepped yet.
  public init(_ parameters: [Parameter], weightDecay: Float = 0) {
    self.parameters = parameters
    self.weightDecay = weightDecay
    first = parameters.map { Tensor(zeros: $0.value.shape) }
    second = parameters.map { Tensor(zeros: $0.value.shape) }
  }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - gradients: One for each parameter; where there is none the parameter stays as it is.
  ///   - rate: The learning rate.
  ///   - gradientScale: What every gradient is multiplied by first.
  public mutating func update(with gradients: [Tensor?], rate: Float, gradientScale: Float = 1) {
    step += 1
    let numbers = AdamWStep(
      step: step, rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: weightDecay, gradientScale: gradientScale)
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = gradients[index] else { continue }
      Kernels.adamW(
        parameter.value.buffer, gradient: gradient.buffer, first: first[index].buffer,
        second: second[index].buffer, step: numbers)
    }
  }

  /// The moments, under the names of their parameters.
  public var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (index, parameter) in parameters.enumerated() {
      state["first." + parameter.name] = first[index]
      state["second." + parameter.name] = second[index]
    }
    return state
  }

  /// Goes on from a saved state.
  ///
  /// - Parameters:
  ///   - state: What ``state`` gave.
  ///   - step: The steps taken then.
  /// - Returns: Whether every moment was there, in the right size; if not, nothing has changed.
  public mutating func restore(_ state: [String: Tensor], step: Int) -> Bool {
    let pairs = parameters.enumerated().flatMap { index, parameter in
      [
        (first[index], state["first." + parameter.name]),
        (second[index], state["second." + parameter.name]),
      ]
    }
    guard pairs.allSatisfy({ $0.0.shape.count == $0.1?.shape.count }) else { return false }
    for case (let target, let source?) in pairs { target.buffer.update(from: source.buffer) }
    self.step = step
    return true
  }
}
