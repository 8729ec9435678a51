// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A question with choices of its own, of which one is right, or any of several.
public struct ChoiceExample: Sendable, Equatable {
  /// The question, or what it is about.
  public var text: String
  /// A second text between the first and each choice, if there is one.
  public var pair: String?
  /// The choices, one at least.
  public var choices: [String]
  /// The places of those that are right, counted from 0; none where the file does not say.
  public var right: [Int]
  /// What counts as right when texts are scored, as ReCoRD's are; elsewhere the right choices.
  public var answers: [String]
  /// The line of its file on which the example starts, counted from 1.
  public var line: Int

  /// A question from its parts.
  ///
  /// - Parameters:
  ///   - text: The question, or what it is about.
  ///   - pair: A second text between the first and each choice.
  ///   - choices: The choices, one at least.
  ///   - right: The places of those that are right, counted from 0.
  ///   - answers: What counts as right when texts are scored; the right choices unless given.
  ///   - line: The line of its file.
  public init(
    text: String, pair: String? = nil, choices: [String], right: [Int], answers: [String]? = nil,
    line: Int = 1
  ) {
    (self.text, self.pair, self.choices, self.right) = (text, pair, choices, right)
    self.answers = answers ?? right.map { choices[$0] }
    self.line = line
  }
}

/// The examples of a file of questions with choices.
public struct ChoiceSet: ExampleSet {
  /// The examples, in the order of the file.
  public var examples: [ChoiceExample]

  /// The file that they come from, for messages.
  public var url: URL

  /// What of the file was not read.
  public let omissions: Omissions

  /// A set of examples at hand.
  public init(examples: [ChoiceExample], url: URL) {
    self.init(examples: examples, url: url, omissions: Omissions())
  }

  init(examples: [ChoiceExample], url: URL, omissions: Omissions) {
    (self.examples, self.url, self.omissions) = (examples, url, omissions)
  }

  /// None: choices are in columns of their own.
  public var columns: Fields? { nil }

  /// The question; with choices for its pair, as they are read one by one.
  public func text(at index: Int) -> SourceText {
    let example = examples[index]
    let choices = example.choices.joined(separator: " | ")
    return SourceText(
      text: example.text, pair: example.pair.map { "\($0) | \(choices)" } ?? choices,
      line: example.line)
  }

  /// The place of the first right choice, counted from 0; nil without one.
  public func label(at index: Int) -> String? { examples[index].right.first.map(String.init) }
}
