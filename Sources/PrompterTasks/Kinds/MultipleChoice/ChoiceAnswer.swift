// SPDX-License-Identifier: Apache-2.0

public import PrompterJSON

/// The likeliest of a question's choices, with the probabilities of all.
public struct ChoiceAnswer: LabelledAnswer {
  /// The place of the likeliest choice, counted from 0.
  public let index: Int
  /// The choices, in the question's order.
  public let labels: [String]
  /// Their probabilities.
  public let probabilities: [Double]

  /// The softmax of a score for each choice, divided by a temperature, in double precision.
  ///
  /// - Parameters:
  ///   - scores: One for each choice, all finite.
  ///   - choices: The choices.
  ///   - temperature: What the scores are divided by; it does not change which choice is likeliest.
  public init(scores: [Float], of choices: [String], temperature: Temperature = .one) {
    let answer = LabelAnswer(logits: scores, of: choices, temperature: temperature)
    (index, labels, probabilities) = (answer.index, choices, answer.probabilities)
  }

  /// The choice.
  public var label: String? { labels.indices.contains(index) ? labels[index] : nil }

  /// The choice.
  public var text: String { label ?? "" }

  /// Its share.
  public var probability: Double? {
    probabilities.indices.contains(index) ? probabilities[index] : nil
  }

  /// The choice, its place and probability, and all choices with theirs, or the likeliest.
  ///
  /// Two choices may read alike, so that they stand in a list and not under their texts.
  public func members(top: Int?) -> [JSONValue.Member] {
    var places = Array(labels.indices)
    if let top {
      places.sort { (probabilities[$1], $0) < (probabilities[$0], $1) }
      places = Array(places.prefix(top))
    }
    let choices = places.map { place -> JSONValue in
      [
        "index": .integer(place), "choice": .string(labels[place]),
        "probability": .number(probabilities[place]),
      ]
    }
    return [
      JSONValue.Member(name: "choice", value: .string(text)),
      JSONValue.Member(name: "index", value: .integer(index)),
      JSONValue.Member(name: "probability", value: .number(probability ?? 0)),
      JSONValue.Member(name: "choices", value: .array(choices)),
    ]
  }
}
