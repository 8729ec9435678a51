// SPDX-License-Identifier: Apache-2.0

public import PrompterJSON

/// A text that a model wrote.
public struct WrittenAnswer: LabelledAnswer {
  /// The text.
  public let text: String
  /// The label that it spells; nil if it is none.
  public let label: String?
  /// The text's probability.
  public let writtenProbability: Double

  /// A text, the label that it spells and its probability.
  public init(text: String, label: String? = nil, writtenProbability: Double) {
    (self.text, self.label, self.writtenProbability) = (text, label, writtenProbability)
  }

  /// The text's.
  public var probability: Double? { writtenProbability }

  /// None: it was not chosen among any.
  public var labels: [String] { [] }

  /// None.
  public var probabilities: [Double] { [] }

  /// The text, the label and the probability.
  public func members(top: Int?) -> [JSONValue.Member] {
    [
      JSONValue.Member(name: "text", value: .string(text)),
      JSONValue.Member(name: "label", value: JSONValue(label)),
      JSONValue.Member(name: "probability", value: .number(writtenProbability)),
    ]
  }
}

extension Prediction {
  /// The text that was written; nil for an answer that was not.
  public var text: String? { (content as? WrittenAnswer)?.text }
}
