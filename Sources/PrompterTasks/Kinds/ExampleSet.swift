// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterJSON

/// The examples of one file, of whatever kind of task.
public protocol ExampleSet: Sendable {
  /// An example.
  associatedtype Example: Sendable

  /// The examples, in the order of the file.
  var examples: [Example] { get set }

  /// The file that they come from, for messages.
  var url: URL { get }

  /// What of the file was not read.
  var omissions: Omissions { get }

  /// The columns of the file that the examples were read from, where they say which texts are read;
  /// nil for examples at hand, and for a format without columns.
  var columns: Fields? { get }

  /// What the model reads of an example.
  func text(at index: Int) -> SourceText

  /// An example's answer, the first of several; nil without one.
  func label(at index: Int) -> String?

  /// An example's answers as people read them; nil without any.
  func shownAnswer(at index: Int) -> String?

  /// What is counted of an example's answers, where a file's labels are: one, or none without.
  func countedAnswers(at index: Int) -> [String]

  /// What examples have in common that are drawn, split and scored together only, such as the
  /// answers to one question; nil for one by itself.
  func group(at index: Int) -> String?

  /// Where an example stands in its file, as in `line 7`.
  func place(of index: Int) -> String
}

extension ExampleSet {
  /// The path as messages name it.
  public var file: String { url.relativePath }

  /// The number of examples.
  public var count: Int { examples.count }

  /// The columns that were found, as most sets have it.
  public var columns: Fields? { omissions.read }

  /// The answer, as most sets have one.
  public func shownAnswer(at index: Int) -> String? { label(at: index) }

  /// The answer as people read it.
  public func countedAnswers(at index: Int) -> [String] {
    shownAnswer(at: index).map { [$0] } ?? []
  }

  /// Each by itself, as in most sets.
  public func group(at index: Int) -> String? { nil }

  /// The line, as in most files.
  public func place(of index: Int) -> String { "line \(text(at: index).line)" }

  /// The distinct answers in the order of their indices: numbers by value, anything else by
  /// spelling.
  public var labels: [String] { LabelSpace.ordered(examples.indices.lazy.compactMap(label)) }

  /// The same with some of the examples.
  func selecting(_ isSelected: (Int) -> Bool) -> Self {
    var part = self
    part.examples = examples.indices.filter(isSelected).map { examples[$0] }
    return part
  }
}

/// A text, or two, and where it stands.
public struct SourceText: Sendable, Equatable {
  /// The text, or the first of two.
  public var text: String
  /// The second text.
  public var pair: String?
  /// The line of its file on which the example starts.
  public var line: Int

  /// A text from its parts.
  public init(text: String, pair: String? = nil, line: Int) {
    (self.text, self.pair, self.line) = (text, pair, line)
  }

  /// Whether it, or one of the two, has nothing to read.
  var hasBlank: Bool {
    [text, pair].contains { $0?.unicodeScalars.allSatisfy(\.properties.isWhitespace) == true }
  }

  /// What is the same for the same texts only: no text that a model reads has a zero in it.
  var key: UTF8Key { UTF8Key(pair.map { text + "\0" + $0 } ?? text) }
}

extension Dataset: ExampleSet {
  /// The text or texts of an example.
  public func text(at index: Int) -> SourceText {
    let example = examples[index]
    return SourceText(text: example.text, pair: example.pair, line: example.line)
  }

  /// The label of an example.
  public func label(at index: Int) -> String? { examples[index].label }

  /// The question that several examples belong to, as MultiRC's answers do.
  public func group(at index: Int) -> String? { examples[index].group }
}
