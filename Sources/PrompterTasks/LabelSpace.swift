// SPDX-License-Identifier: Apache-2.0

/// The labels of a task, each with its index.
public struct LabelSpace: Sendable, Equatable {
  /// The labels in index order.
  public let labels: [String]

  private let indices: [String: Int]

  /// A space of distinct labels in index order.
  ///
  /// - Throws: ``DataError/duplicateLabel(label:)``.
  public init(_ labels: [String]) throws {
    var indices: [String: Int] = [:]
    for (index, label) in labels.enumerated() {
      guard indices.updateValue(index, forKey: label) == nil else {
        throw DataError.duplicateLabel(label: label)
      }
    }
    self.labels = labels
    self.indices = indices
  }

  /// The number of labels.
  public var count: Int { labels.count }

  /// The label of an index.
  public subscript(index: Int) -> String { labels[index] }

  /// The index of a label, or nil if there is no such label.
  public func firstIndex(of label: String) -> Int? { indices[label] }

  /// The index of a label.
  ///
  /// - Throws: ``DataError/unknownLabel(file:line:label:known:)``, which suggests a label that is
  ///   spelled alike.
  public func index(of label: String) throws -> Int {
    guard let index = indices[label] else {
      throw DataError.unknownLabel(file: nil, line: nil, label: label, known: labels)
    }
    return index
  }

  /// Labels in the order that they get when a task does not fix one.
  ///
  /// By value if all are numbers, so that `"10"` comes after `"9"`; else by spelling.
  static func ordered(_ labels: some Sequence<String>) -> [String] {
    let spelled = labels.sorted()
    let valued = spelled.compactMap { label in
      Double(label).flatMap { $0.isFinite ? (label: label, value: $0) : nil }
    }
    guard valued.count == spelled.count else { return spelled }
    return valued.sorted { ($0.value, $0.label) < ($1.value, $1.label) }.map(\.label)
  }
}
