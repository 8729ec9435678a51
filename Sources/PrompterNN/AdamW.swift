// SPDX-License-Identifier: Apache-2.0

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

  private let first: [Tensor]
  private let second: [Tensor]

  /// An optimiser that has not stepped yet.
  public init(_ parameters: [Parameter], weightDecay: Float = 0) {
    self.parameters = parameters
    self.weightDecay = weightDecay
    first = parameters.map { Tensor(zeros: $0.value.shape) }
    second = parameters.map { Tensor(zeros: $0.value.shape) }
  }

  /// Takes one step; a parameter without a gradient stays as it is.
  public mutating func update(
    with gradients: [Tensor?], rate: Float, gradientScale: Float, team: ThreadTeam
  ) {
    step += 1
    let numbers = AdamWStep(
      step: step, rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: weightDecay, gradientScale: gradientScale)
    let counts = gradients.map { $0?.shape.count ?? 0 }
    team.forEachPiece(of: counts) { [parameters, first, second] piece in
      guard let gradient = gradients[piece.buffer] else { return }
      Kernels.adamW(
        parameters[piece.buffer].value.buffer, gradient: gradient.buffer,
        first: first[piece.buffer].buffer, second: second[piece.buffer].buffer, in: piece.range,
        step: numbers)
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

  /// Goes on from a saved state; whether it was complete.
  public mutating func restore(_ state: [String: Tensor], step: Int) -> Bool {
    guard PrompterNN.restore(self.state, from: state) else { return false }
    self.step = step
    return true
  }
}
