// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterJSON

/// Data whose texts can be looked at one by one, whatever answers they have.
public protocol TextSource: Sendable {
  /// The file that they come from, for messages.
  var url: URL { get }

  /// The examples' indices.
  var textIndices: Range<Int> { get }

  /// What the model reads of an example.
  func text(at index: Int) -> SourceText

  /// An example's answer, the first of several.
  func label(at index: Int) -> String?
}

extension TextSource {
  /// The path as messages name it.
  var file: String { url.relativePath }
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

extension Dataset: TextSource {
  /// The examples' indices.
  public var textIndices: Range<Int> { examples.indices }

  /// The text or texts of an example.
  public func text(at index: Int) -> SourceText {
    let example = examples[index]
    return SourceText(text: example.text, pair: example.pair, line: example.line)
  }

  /// The label of an example.
  public func label(at index: Int) -> String? { examples[index].label }
}

extension TextToTextDataset: TextSource {
  /// The examples' indices.
  public var textIndices: Range<Int> { examples.indices }

  /// What the model reads of an example.
  public func text(at index: Int) -> SourceText {
    SourceText(text: examples[index].input, line: examples[index].line)
  }

  /// The answer to learn.
  public func label(at index: Int) -> String? { examples[index].targets.first }
}
