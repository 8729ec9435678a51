// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
internal import PrompterKernels
internal import PrompterMethods
internal import PrompterTensor

/// A method's options as a prompt's card keeps them; those that a method has not are nil.
public struct MethodSettings: Codable, Sendable, Equatable {
  /// The virtual tokens in each prompted layer, or beside the text.
  public var promptLength: Int?
  /// The first and last prompted layer, counted from 1; nil for all.
  public var layers: [Int]?
  /// The stack that they belong to; nil for the encoder.
  public var stack: PromptStack?
  /// How the table is made while training: `mlp`, or nil for directly.
  public var reparameterization: String?
  /// The hidden width of that perceptron.
  public var reparameterizationWidth: Int?
  /// The share of prompt values dropped in training.
  public var dropout: Float?
  /// Where an input prompt stands; nil for before the text.
  public var placement: PromptPlacement?
  /// The virtual tokens before a decoder's input; nil for none.
  public var decoderLength: Int?
  /// Where the prompt starts, as `--prompt-init` calls it.
  public var start: String?
  /// A hash of what it starts from, such as the pieces of a text or another prompt's values.
  public var startSHA256: String?

  private enum CodingKeys: String, CodingKey {
    case layers, stack, reparameterization, dropout, placement, start
    case promptLength = "prompt_length"
    case reparameterizationWidth = "reparameterization_width"
    case decoderLength = "decoder_prompt_length"
    case startSHA256 = "start_sha256"
  }
}

extension MethodChoice {
  /// All options that decide the result.
  public var settings: MethodSettings {
    var settings = MethodSettings()
    switch self {
    case .pTuningV2(
      let length, let layers, let reparameterization, let dropout, let start, let stack):
      settings.promptLength = start?.deepLength ?? length
      settings.layers = layers.map { [$0.lowerBound + 1, $0.upperBound] }
      settings.stack = stack == .encoder ? nil : stack
      if case .mlp(let hidden) = reparameterization {
        (settings.reparameterization, settings.reparameterizationWidth) = ("mlp", hidden)
      }
      settings.dropout = dropout
      settings.start = start == nil ? "random" : "prompt"
      settings.startSHA256 = (start?.deep?.table).map { digest(of: $0) }
    case .promptTuning(let length, let initialization, let placement, let decoderLength):
      settings.promptLength = length
      settings.placement = placement == .beforeText ? nil : placement
      settings.decoderLength = decoderLength == 0 ? nil : decoderLength
      settings.start = initialization.kind
      settings.startSHA256 = initialization.sha256
    case .headOnly, .fineTuning: break
    }
    return settings
  }
}

extension MethodSettings {
  // The words of training states, which older versions wrote too.
  func words(for method: MethodName) -> String {
    let length = promptLength ?? 0
    switch method {
    case .pTuningV2:
      let range = layers.map { $0.count == 2 ? "\($0[0] &- 1)..<\($0[1])" : "\($0)" } ?? "all"
      let perceptron = reparameterizationWidth.map { "mlp(hidden: \($0))" } ?? "none"
      return "length \(length), layers \(range), reparameterization \(perceptron), "
        + "dropout \(dropout ?? 0)" + (stack == .decoder ? ", in the decoder" : "")
    case .promptTuning:
      return "length \(length), start \(start ?? "unknown")"
        + (placement.map { ", placement \($0.rawValue)" } ?? "")
        + (decoderLength.map { ", \($0) in the decoder" } ?? "")
    case .headOnly, .fineTuning: return "none"
    }
  }
}

extension PromptInitialization {
  // Of the values that the start is made from; nil where the seed alone makes it.
  fileprivate var sha256: String? {
    switch self {
    case .random, .positiveRandom: nil
    case .vocabulary(let candidates): digest(of: [candidates])
    case .labels(let labels, let candidates): digest(of: labels + [candidates])
    case .text(let ids): digest(of: [ids])
    case .prompt(let other): digest(of: other)
    }
  }
}

private func digest(of lists: [[Int32]]) -> String {
  var hash = SHA256()
  hash.update(lists: lists)
  return hash.digest
}

private func digest(of tensor: Tensor) -> String {
  var hash = SHA256()
  tensor.buffer.withBytesOfPieces { hash.update($0) }
  return hash.digest
}
