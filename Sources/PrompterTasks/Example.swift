// SPDX-License-Identifier: Apache-2.0

/// One labelled or unlabelled example of text classification.
public struct Example: Sendable, Equatable {
  /// The text, or the first of two texts.
  public var text: String

  /// The second text, for tasks that compare two.
  public var pair: String?

  /// The label as the file spells it (`"0"`, `"1.0"`, `"true"`, `"entailment"`), if it has one.
  public var label: String?

  /// What several examples have in common that are scored together: MultiRC's question.
  public var group: String?

  /// The line of its file on which the example starts, counted from 1.
  public var line: Int

  /// An example from its parts.
  public init(
    text: String, pair: String? = nil, label: String? = nil, group: String? = nil, line: Int = 1
  ) {
    self.text = text
    self.pair = pair
    self.label = label
    self.group = group
    self.line = line
  }
}
