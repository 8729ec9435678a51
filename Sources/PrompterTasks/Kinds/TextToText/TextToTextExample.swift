// SPDX-License-Identifier: Apache-2.0

/// One example of a task whose answers are texts.
public struct TextToTextExample: Sendable, Equatable {
  /// What the model reads.
  public var input: String

  /// The answers that count as right, the first of them the one to train on; empty where the file
  /// has none.
  public var targets: [String]

  /// The answers to choose among, for tasks whose examples differ in them (ReCoRD's entities);
  /// elsewhere empty, and the task's labels are all there are.
  public var choices: [String]

  /// What several examples have in common that are scored together: MultiRC's question.
  public var group: String?

  /// Whether the target is true, where that is what the task asks (WSC).
  public var isTrue: Bool?

  /// The line of its file on which the example starts, counted from 1; in SQuAD's files, which are
  /// one value, the number of the question.
  public var line: Int

  /// An example from its parts.
  public init(
    input: String, targets: [String], choices: [String] = [], group: String? = nil,
    isTrue: Bool? = nil, line: Int = 1
  ) {
    self.input = input
    self.targets = targets
    self.choices = choices
    self.group = group
    self.isTrue = isTrue
    self.line = line
  }
}
