// SPDX-License-Identifier: Apache-2.0

public import PrompterJSON

/// The likeliest of some labels, with the probabilities of all.
public struct LabelAnswer: LabelledAnswer {
  /// The index of the likeliest label.
  public let index: Int
  /// All labels, in index order.
  public let labels: [String]
  /// Their probabilities.
  public let probabilities: [Double]

  /// The softmax of logits divided by a temperature, in double precision.
  ///
  /// - Parameters:
  ///   - logits: One for each label, all finite.
  ///   - labels: The labels.
  ///   - temperature: What the logits are divided by; it does not change which label is likeliest.
  public init(logits: [Float], of labels: [String], temperature: Temperature = .one) {
    probabilities = temperature.probabilities(of: logits)
    index =
      logits.indices.max { logits[$0] < logits[$1] || (logits[$0] == logits[$1] && $0 > $1) } ?? 0
    self.labels = labels
  }

  /// Labels with their probabilities, of which the first of the most probable ones is the answer.
  public init(_ labels: [String], probabilities: [Double]) {
    (self.labels, self.probabilities) = (labels, probabilities)
    index =
      probabilities.indices.max {
        (probabilities[$0], $1) < (probabilities[$1], $0)
      } ?? 0
  }

  /// The label.
  public var label: String? { labels.indices.contains(index) ? labels[index] : nil }

  /// The label.
  public var text: String { label ?? "" }

  /// Its share.
  public var probability: Double? {
    probabilities.indices.contains(index) ? probabilities[index] : nil
  }

  /// The label, its probability and those of all, or of the likeliest.
  public func members(top: Int?) -> [JSONValue.Member] {
    func member(_ label: String, _ share: Double) -> JSONValue.Member {
      JSONValue.Member(name: label, value: .number(share))
    }
    let shares =
      if let top {
        ranked.prefix(top).map { member($0.label, $0.share) }
      } else {
        zip(labels, probabilities).map { member($0, $1) }
      }
    return [
      JSONValue.Member(name: "label", value: JSONValue(label)),
      JSONValue.Member(name: "probability", value: .number(probability ?? 0)),
      JSONValue.Member(name: "probabilities", value: .object(shares)),
    ]
  }
}
