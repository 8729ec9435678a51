// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// What a task calls labels that a file spells otherwise.
public struct LabelMap: Sendable, Equatable {
  private var names: [UTF8Key: String] = [:]

  /// A map that leaves all labels as they are.
  public init() {}

  /// What the task calls a label of the file: the label itself unless the map says otherwise.
  public subscript(label: String) -> String {
    get { names[UTF8Key(label)] ?? label }
    set { names[UTF8Key(label)] = newValue }
  }
}

extension LabelMap: ExpressibleByDictionaryLiteral {
  /// A map from the file's labels to the task's; of two for one label the last holds.
  public init(dictionaryLiteral elements: (String, String)...) {
    for (label, name) in elements { self[label] = name }
  }
}
