// SPDX-License-Identifier: Apache-2.0

/// How much a training example counts in the loss, by its label.
///
/// With weights w the loss of a step is Σᵢ w(label i) lossᵢ / Σᵢ w(label i), i over all examples of
/// the step: PyTorch's `CrossEntropyLoss(weight:)` of that batch. The divisor is known before the
/// step is shared out, so replicas and accumulated batches add up to the very same mean. Scores on
/// validation and test data weigh nothing.
public enum ClassWeights: Sendable, Equatable {
  /// n / (k nₗ) for a label that nₗ of n training examples have, k labels having any: all labels
  /// together count alike (scikit-learn's `balanced`).
  case balanced
  /// Those that are given; a label that is not named weighs 1.
  case given([LabelWeight])
}

/// How much an example of a label counts.
public struct LabelWeight: Codable, Sendable, Equatable {
  /// The label.
  public var label: String
  /// Its weight, above 0.
  public var weight: Double

  /// A label's weight.
  public init(label: String, weight: Double) {
    (self.label, self.weight) = (label, weight)
  }
}

extension ClassWeights: CustomStringConvertible {
  /// Weights as a user writes them, `balanced` or `no=1,yes=3.5`; nil if they are none.
  ///
  /// The last equals sign ends a label. Weights are numbers above 0, and a label has one.
  public init?(_ text: String) {
    if text == "balanced" {
      self = .balanced
      return
    }
    var weights: [LabelWeight] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let equals = part.lastIndex(of: "=") else { return nil }
      let label = String(part[..<equals]).trimmed
      guard let weight = Double(String(part[part.index(after: equals)...]).trimmed),
        weight.isFinite, weight > 0, !label.isEmpty,
        !weights.contains(where: { $0.label.utf8.elementsEqual(label.utf8) })
      else { return nil }
      weights.append(LabelWeight(label: label, weight: weight))
    }
    self = .given(weights)
  }

  /// The weights as they are written.
  public var description: String {
    switch self {
    case .balanced: "balanced"
    case .given(let weights): weights.map { "\($0.label)=\($0.weight)" }.joined(separator: ",")
    }
  }
}

extension ClassWeights: Codable {
  /// Reads weights as ``encode(to:)`` writes them.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let weights = try? value.decode([LabelWeight].self) {
      self = .given(weights)
    } else {
      guard try value.decode(String.self) == "balanced" else {
        throw DecodingError.dataCorruptedError(
          in: value, debugDescription: "Class weights are `balanced` or a list.")
      }
      self = .balanced
    }
  }

  /// Writes `"balanced"`, or a list of labels with their weights.
  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .balanced: try value.encode("balanced")
    case .given(let weights): try value.encode(weights)
    }
  }
}

extension ClassWeights {
  /// The weight of each label, in index order.
  ///
  /// - Parameters:
  ///   - space: The labels.
  ///   - indices: The index of each training example's label.
  /// - Returns: The weights. One that no training example has counts for nothing, so any does.
  /// - Throws: ``DataError/unknownLabel(file:line:label:known:)`` for a weight of none of the
  ///   labels.
  func values(of space: LabelSpace, training indices: [Int]) throws -> [Float] {
    switch self {
    case .balanced:
      var counts = [Int](repeating: 0, count: space.count)
      for index in indices { counts[index] += 1 }
      let present = Double(counts.count { $0 > 0 })
      return counts.map {
        $0 > 0 ? Float(Double(indices.count) / (present * Double($0))) : 1
      }
    case .given(let weights):
      var values = [Float](repeating: 1, count: space.count)
      for own in weights { values[try space.index(of: own.label)] = Float(own.weight) }
      return values
    }
  }
}
