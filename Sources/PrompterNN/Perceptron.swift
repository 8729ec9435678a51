// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
internal import PrompterTensor

/// y = activation(x Wᵢᵀ + b) Wₒᵀ: the two layers of a transformer's feed-forward part, without the
/// outer bias, which the operation after it takes with it.
///
/// Frozen weights are multiplied together, rows by rows; trained ones one after the other.
public struct Perceptron: Sendable {
  private let inner: LinearMap
  private let bias: Parameter?
  private let outer: LinearMap
  private let activation: Activation
  private let kernel: PerceptronKernel?

  /// A perceptron from its linear maps, the bias between them, if any, and its activation.
  public init(inner: LinearMap, bias: Parameter? = nil, activation: Activation, outer: LinearMap) {
    self.inner = inner
    self.bias = bias
    self.outer = outer
    self.activation = activation
    if let first = inner.packed, let second = outer.packed, bias?.isTrained != true {
      kernel = PerceptronKernel(
        inner: first, bias: bias?.value.buffer, activation: activation, outer: second)
    } else {
      kernel = nil
    }
  }

  /// A perceptron from its layers; the outer one's bias is left to whoever comes after.
  public init(inner: Linear, activation: Activation, outer: Linear) {
    self.init(
      inner: inner.linearMap, bias: inner.bias, activation: activation, outer: outer.linearMap)
  }

  /// y [rows, outputs] for x [rows, inputs].
  ///
  /// - Parameters:
  ///   - x: [rows, inputs].
  ///   - pass: What the perceptron takes part in.
  ///   - between: What becomes of activated values, if anything: dropout.
  /// - Returns: y [rows, outputs].
  public func callAsFunction(
    _ x: Variable, in pass: Pass, between: ((Variable) -> Variable)? = nil
  ) -> Variable {
    if let kernel, between == nil {
      return perceptron(x, kernel, roundsSlopes: inner.roundsFactors)
    }
    let active = activate(
      inner(x, in: pass), bias: bias.map { pass($0) }, by: activation,
      roundsSlopes: inner.roundsFactors)
    return outer(between?(active) ?? active, in: pass)
  }
}
