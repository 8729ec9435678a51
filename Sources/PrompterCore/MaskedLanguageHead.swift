// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
internal import PrompterKernels
public import PrompterNN
public import PrompterTensor

/// What a masked language model puts on its hidden states to tell which word was masked.
///
/// h' = transform(h), as a rule norm(activation(h Wᵀ + b)), and the logit of token t is
/// h' · D[t] + c[t] (Devlin and others 2019, section 3.1). A ``Backbone`` has it where its
/// checkpoint does; it stays frozen.
public struct MaskedLanguageHead: Sendable {
  private let transform: @Sendable (_ hidden: Variable, _ pass: Pass) -> Variable
  private let decoder: Parameter
  private let bias: Parameter

  /// A head from its parts.
  ///
  /// - Parameters:
  ///   - decoder: D [vocabulary, width], which many models share with their word embeddings.
  ///   - bias: c [vocabulary].
  ///   - transform: Makes h' [rows, width] of hidden states [rows, the backbone's width].
  public init(
    decoder: Parameter, bias: Parameter,
    transform: @escaping @Sendable (_ hidden: Variable, _ pass: Pass) -> Variable
  ) {
    self.transform = transform
    self.decoder = decoder
    self.bias = bias
  }

  /// The number of values in h'.
  public var width: Int { decoder.value.columns }

  /// h' [rows, width] of hidden states [rows, the backbone's width].
  public func states(of hidden: Variable, in pass: Pass) -> Variable { transform(hidden, pass) }

  /// The decoder of some tokens alone: D [ids, width] and c [ids], in memory of their own.
  public func decoder(of ids: [Int32]) -> (weight: Tensor, bias: Tensor) {
    let biases = ids.map { bias.value.buffer[Int($0)] }
    return (rows(ids, of: Variable(decoder.value)).value, Tensor(biases, shape: [ids.count]))
  }
}
