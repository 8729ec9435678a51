// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
public import PrompterTensor

/// What turns gradients into better parameters, in place and the same way every time.
///
/// Its state is tensors and the number of steps, so that a killed run goes on with the same bits.
public protocol Optimizer: Sendable {
  /// The parameters, in the order in which gradients are given.
  var parameters: [Parameter] { get }

  /// The steps taken.
  var step: Int { get }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - gradients: One for each parameter; where there is none the parameter stays as it is.
  ///   - rates: The learning rate of each parameter.
  ///   - gradientScale: What every gradient is multiplied by first.
  ///   - team: The threads that may share the work; their number changes no bit.
  mutating func update(
    with gradients: [Gradient?], rates: [Float], gradientScale: Float, team: ThreadTeam)

  /// The moments, under the names of their parameters; written in place by the next step.
  var state: [String: Tensor] { get }

  /// Goes on from a saved state.
  ///
  /// - Parameters:
  ///   - state: What ``state`` gave.
  ///   - step: The steps taken then.
  /// - Returns: Whether every moment was there, in the right size; if not, nothing has changed.
  mutating func restore(_ state: [String: Tensor], step: Int) -> Bool
}

extension Optimizer {
  /// Takes one step at one learning rate for all parameters.
  public mutating func update(
    with gradients: [Gradient?], rate: Float, gradientScale: Float, team: ThreadTeam
  ) {
    update(
      with: gradients, rates: [Float](repeating: rate, count: gradients.count),
      gradientScale: gradientScale, team: team)
  }

  /// Takes one step on the calling thread, with whole gradients as they are unless a scale is
  /// given.
  public mutating func update(
    with gradients: [Tensor?], rate: Float, gradientScale: Float = 1
  ) {
    update(
      with: gradients.map { $0.map(Gradient.whole) }, rate: rate, gradientScale: gradientScale,
      team: ThreadTeam(count: 1))
  }
}

/// Copies saved values into tensors, all or none: whether every one was there in the right size.
func restore(_ targets: [String: Tensor], from state: [String: Tensor]) -> Bool {
  let fits = targets.allSatisfy { state[$0.key]?.shape.count == $0.value.shape.count }
  guard fits else { return false }
  for (name, target) in targets {
    if let source = state[name] { target.buffer.update(from: source.buffer) }
  }
  return true
}
