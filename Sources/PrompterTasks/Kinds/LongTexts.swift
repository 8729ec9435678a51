// SPDX-License-Identifier: Apache-2.0

internal import PrompterTokenizer

/// What becomes of a text that is longer than a prompt reads, in kinds of task whose answer to a
/// text is one for all of it.
public enum LongTexts: String, Codable, Sendable, CaseIterable {
  /// What is too long is cut off at the end.
  case cut
  /// Half of the tokens are the text's first and half its last; the middle is left out. Of a pair
  /// each text keeps as many as if it were cut.
  case headTail = "head-tail"
  /// All of it is read, in windows that share a quarter of their tokens with the next: a row each.
  /// Of a pair the second text is divided, and the first is in each window. The head's outputs are
  /// averaged, before they become probabilities, in training and in answering.
  case windows
}

/// How many texts were too long to be read as they are.
public struct LongTextCounts: Sendable, Equatable {
  /// Those of which something was left out.
  public var cut: Int
  /// Those that were read in windows.
  public var windowed: Int

  /// Counts, none unless said.
  public init(cut: Int = 0, windowed: Int = 0) {
    (self.cut, self.windowed) = (cut, windowed)
  }

  /// Adds one example's rows.
  package mutating func add(_ rows: some Sequence<EncodedInput>) {
    if rows.contains(where: \.isCut) { cut += 1 }
    if rows.contains(where: \.isWindow) { windowed += 1 }
  }
}

extension TextReader {
  /// The rows of a text, or a pair, of each of which a head reads one pooled state: one, or one for
  /// each window of a text that is too long for one.
  ///
  /// - Throws: ``TextProblem`` if the backbone cannot read it.
  public func rows(_ text: String, _ pair: String? = nil) throws(TextProblem) -> [EncodedInput] {
    switch longTexts {
    case .cut: return [try input(text, pair)]
    case .headTail:
      let ends = tokenizer.endsEncoding(text, pair: pair, maximumLength: maximumLength)
      try limits.check(ends)
      return [EncodedInput(ends)]
    case .windows:
      let windows = try windows(text, pair, overlap: maximumLength / 4)
      return windows.map { EncodedInput($0, isWindow: windows.count > 1) }
    }
  }
}
