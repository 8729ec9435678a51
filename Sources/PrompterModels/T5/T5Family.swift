// SPDX-License-Identifier: Apache-2.0

public import PrompterCheckpoint
public import PrompterCore
public import PrompterKernels
public import PrompterTensor

/// ``T5`` and its checkpoints, those of mT5 and ByT5 included.
public enum T5Family: ModelFamily {
  /// `t5`.
  public static let name = "t5"
  /// `t5`, which ByT5's folders say too, and `mt5`.
  public static let modelTypes = ["t5", "mt5"]
  /// `transformer`, as in files of models with a head over the encoder.
  public static let weightScope: String? = "transformer"
  /// The 512 tokens that the models were pretrained with; positions have no end.
  public static let usualLength = 512
  /// Writing.
  public static let peftTaskType: String? = "SEQ_2_SEQ_LM"

  /// A ``T5/Configuration``; see ``ModelFamily``.
  public static func configuration(
    from source: any ModelSource
  ) throws -> any ModelConfiguration {
    try T5.Configuration(of: source)
  }
}

extension T5.Configuration: ModelConfiguration {
  /// `t5`.
  public var family: String { T5Family.name }
  /// Always.
  public var writesTexts: Bool { true }
  /// None: positions are distances, the largest of which share a bucket.
  public var positionLimit: Int? { nil }

  /// The number of layers of either stack.
  public func layerCount(of stack: PromptStack) -> Int {
    stack == .encoder ? layerCount : decoderLayerCount
  }

  /// The same with and without: the family has none.
  public func parameterCount(hasPooler: Bool) -> Int { parameterCount }

  /// A ``T5``; see ``ModelConfiguration``.
  public func backbone(
    from weights: Weights, isTrained: Bool, replacing replacements: [String: Tensor],
    precision: Precision
  ) throws -> any Backbone {
    try T5(from: weights, self, isTrained: isTrained, replacing: replacements, precision: precision)
  }
}
