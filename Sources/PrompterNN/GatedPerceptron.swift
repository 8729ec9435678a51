// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
public import PrompterKernels
internal import PrompterTensor

/// y = (activation(a) · b) Wₒᵀ with [a, b] = x Wᵢᵀ + c: a transformer's feed-forward part whose
/// activation is gated (Shazeer 2020), without the outer bias.
///
/// Frozen weights are multiplied together, rows by rows, where the CPU has tiles for them; others
/// one after the other.
public struct GatedPerceptron: Sendable {
  private let inner: LinearMap
  private let bias: Parameter?
  private let outer: LinearMap
  private let activation: Activation
  private let kernel: GatedPerceptronKernel?
  private let ordered: LinearMap?  // the inner map, as the kernel has it

  /// A perceptron from its linear maps, the bias between them, if any, and its activation.
  ///
  /// - Parameters:
  ///   - inner: Wᵢ [2 hidden, inputs], the rows of a above those of b.
  ///   - bias: c [2 hidden], or none.
  ///   - activation: What is done to a.
  ///   - outer: Wₒ [outputs, hidden].
  ///   - keepsDigits: Whether what the pullback needs is float32 wherever products round their
  ///     factors; then they are always multiplied one after the other.
  public init(
    inner: LinearMap, bias: Parameter? = nil, activation: Activation, outer: LinearMap,
    keepsDigits: Bool = false
  ) {
    self.bias = bias
    self.outer = outer
    self.activation = activation
    var kernel: GatedPerceptronKernel?
    if let second = outer.packed, inner.packed != nil, bias?.isTrained != true, !keepsDigits {
      kernel = GatedPerceptronKernel(
        inner: inner.parameters.map(\.value.buffer), bias: bias?.value.buffer,
        activation: activation, outer: second)
    }
    self.kernel = kernel
    ordered = kernel.map { LinearMap(inner, packed: $0.inner) }
    self.inner = inner
  }

  /// The maps that are multiplied by.
  public var linearMaps: [LinearMap] {
    [inner, outer] + (ordered.map { [$0] } ?? [])
  }

  /// y [rows, outputs] for x [rows, inputs].
  ///
  /// - Parameters:
  ///   - x: [rows, inputs].
  ///   - pass: What the perceptron takes part in.
  ///   - between: What becomes of gated values, if anything: dropout.
  /// - Returns: y [rows, outputs].
  public func callAsFunction(
    _ x: Variable, in pass: Pass, between: ((Variable) -> Variable)? = nil
  ) -> Variable {
    if let kernel, between == nil { return gatedPerceptron(x, kernel) }
    let halves = inner(x, in: pass)
    let gated = activateGated(bias.map { addBias(halves, pass($0)) } ?? halves, by: activation)
    return outer(between?(gated) ?? gated, in: pass)
  }
}
