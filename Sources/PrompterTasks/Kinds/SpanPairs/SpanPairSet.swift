// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A text with two marked spans, or two texts with one in each.
public struct SpanPairExample: Sendable, Equatable {
  /// The text, or the first of two.
  public var text: String
  /// The second text, in which the second span is.
  public var pair: String?
  /// The two spans, in Unicode scalars of their texts.
  public var spans: [Range<Int>]
  /// The label as the file spells it, if it has one.
  public var label: String?
  /// The line of its file on which the example starts, counted from 1.
  public var line: Int

  /// An example from its parts.
  public init(
    text: String, pair: String? = nil, spans: [Range<Int>], label: String? = nil, line: Int = 1
  ) {
    (self.text, self.pair, self.spans, self.label) = (text, pair, spans, label)
    self.line = line
  }
}

/// The examples of a file of pairs of spans.
public struct SpanPairSet: ExampleSet {
  /// The examples, in the order of the file.
  public var examples: [SpanPairExample]

  /// The file that they come from, for messages.
  public var url: URL

  /// What of the file was not read.
  public let omissions: Omissions

  /// A set of examples at hand.
  public init(examples: [SpanPairExample], url: URL) {
    self.init(examples: examples, url: url, omissions: Omissions())
  }

  init(examples: [SpanPairExample], url: URL, omissions: Omissions) {
    (self.examples, self.url, self.omissions) = (examples, url, omissions)
  }

  /// None: spans are in columns of their own.
  public var columns: Fields? { nil }

  /// The text, or both.
  public func text(at index: Int) -> SourceText {
    let example = examples[index]
    return SourceText(text: example.text, pair: example.pair, line: example.line)
  }

  /// The label.
  public func label(at index: Int) -> String? { examples[index].label }

  /// The texts with their labels alone.
  var labelled: Dataset {
    Dataset(
      examples: examples.map {
        PrompterTasks.Example(text: $0.text, pair: $0.pair, label: $0.label, line: $0.line)
      }, url: url)
  }
}
