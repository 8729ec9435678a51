// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The labels of a task, each with its index.
///
/// Labels are told apart byte by byte: two that differ in their normalisation form are two.
public struct LabelSpace: Sendable, Equatable {
  /// The labels in index order.
  public let labels: [String]

  private let indices: [UTF8Key: Int]

  /// A space of distinct labels in index order.
  ///
  /// - Throws: ``DataError/duplicateLabel(label:)``.
  public init(_ labels: [String]) throws {
    var indices: [UTF8Key: Int] = [:]
    for (index, label) in labels.enumerated() {
      guard indices.updateValue(index, forKey: UTF8Key(label)) == nil else {
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
  public func firstIndex(of label: String) -> Int? { indices[UTF8Key(label)] }

  /// The index of a label.
  ///
  /// - Throws: ``DataError/unknownLabel(file:line:label:known:)``, which suggests a label that is
  ///   spelled alike.
  public func index(of label: String) throws -> Int {
    guard let index = firstIndex(of: label) else {
      throw DataError.unknownLabel(file: nil, line: nil, label: label, known: labels)
    }
    return index
  }

  /// Labels, each once, in the order that they get when a task does not fix one.
  ///
  /// By value if all are numbers, so that `"10"` comes after `"9"`; else by spelling.
  static func ordered(_ labels: some Sequence<String>) -> [String] {
    let spelled = Set(labels.lazy.map(UTF8Key.init)).sorted()
    let valued = spelled.compactMap { label in
      Double(label.text).flatMap { $0.isFinite ? (label: label, value: $0) : nil }
    }
    guard valued.count == spelled.count else { return spelled.map(\.text) }
    return valued.sorted { ($0.value, $0.label) < ($1.value, $1.label) }.map(\.label.text)
  }
}
