// SPDX-License-Identifier: Apache-2.0

/// Where special tokens go around one text or two.
struct SequenceTemplate: Equatable {
  enum Piece: Equatable {
    case text(segment: Int32)
    case pair(segment: Int32)
    case special(ids: [Int32], segment: Int32)
  }

  var single: [Piece] = [.text(segment: 0)]
  var pair: [Piece] = [.text(segment: 0), .pair(segment: 1)]
  /// Whether texts that are too long lose their start rather than their end.
  var truncatesLeft = false
  /// What is done to the offsets of pieces with blanks; `nil` if nothing.
  var trimming: OffsetTrimming?

  /// The template without special tokens that does the same else.
  var plain: SequenceTemplate {
    SequenceTemplate(truncatesLeft: truncatesLeft, trimming: trimming)
  }

  /// The number of special tokens that some pieces add.
  static func specialCount(_ pieces: [Piece]) -> Int {
    pieces.reduce(0) { count, piece in
      guard case .special(let ids, _) = piece else { return count }
      return count + ids.count
    }
  }

  /// BERT's own: `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`.
  static func bert(cls: Int32, sep: Int32) -> SequenceTemplate {
    let start: [Piece] = [
      .special(ids: [cls], segment: 0), .text(segment: 0), .special(ids: [sep], segment: 0),
    ]
    return SequenceTemplate(
      single: start, pair: start + [.pair(segment: 1), .special(ids: [sep], segment: 1)])
  }

  /// T5's own: `A </s>` and `A </s> B </s>`, all in segment 0.
  static func t5(end: Int32) -> SequenceTemplate {
    let start: [Piece] = [.text(segment: 0), .special(ids: [end], segment: 0)]
    return SequenceTemplate(
      single: start, pair: start + [.pair(segment: 0), .special(ids: [end], segment: 0)])
  }

  /// How many tokens of two texts to keep if `room` is all there is: "longest first".
  ///
  /// The shorter text stays whole if it leaves the longer one at least as much as it takes itself;
  /// otherwise the room is halved, and an odd token goes to the longer text (to the second if both
  /// are equally long).
  static func longestFirst(_ first: Int, _ second: Int, room: Int) -> (first: Int, second: Int) {
    guard first + second > room else { return (first, second) }
    let shorter = min(first, second)
    var kept = (shorter: shorter, longer: max(shorter, room - shorter))
    if shorter > room || kept.shorter + kept.longer > room {
      kept = (room / 2, room / 2 + room % 2)
    }
    return first > second ? (kept.longer, kept.shorter) : (kept.shorter, kept.longer)
  }
}

extension SequenceTemplate.Piece {
  var isText: Bool {
    guard case .text = self else { return false }
    return true
  }

  var isPair: Bool {
    guard case .pair = self else { return false }
    return true
  }
}

extension SequenceTemplate {
  /// The ids of all special tokens it adds.
  var specialIDs: [Int32] {
    (single + pair).flatMap { piece -> [Int32] in
      guard case .special(let ids, _) = piece else { return [] }
      return ids
    }
  }
}

extension SequenceTemplate {
  /// The tokens of one text or two with the special tokens around them, cut to a length.
  ///
  /// - Parameters:
  ///   - first: The tokens of the first text.
  ///   - second: Those of the second.
  ///   - maximumLength: The most tokens to give.
  ///   - blanks: The blanks of the piece of an id, asked for where offsets are trimmed.
  /// - Returns: The tokens that fit.
  func encoding(
    _ first: [Token], pair second: [Token]?, maximumLength: Int,
    blanks: (Int32) -> OffsetTrimming.Blanks = { _ in (0, 0) }
  ) -> Encoding {
    let pieces = second == nil ? single : pair
    let limit = max(0, maximumLength)
    // A template may have a text several times.
    let copies = max(1, pieces.count(where: \.isText), pieces.count(where: \.isPair))
    let room = max(0, limit - Self.specialCount(pieces)) / copies
    let (firstCount, secondCount) = (first.count, second?.count ?? 0)
    let kept =
      second == nil
      ? (first: min(firstCount, room), second: 0)
      : Self.longestFirst(firstCount, secondCount, room: room)
    var encoding = Encoding(capacity: min(limit, copies * (firstCount + secondCount) + 8))
    for piece in pieces {
      switch piece {
      case .text(let segment):
        encoding.append(part(of: first, kept.first, blanks), segment: segment)
      case .pair(let segment):
        encoding.append(part(of: second ?? [], kept.second, blanks), segment: segment)
      case .special(let ids, let segment):
        for id in ids { encoding.append(special: id, segment: segment) }
      }
    }
    encoding.truncatedCount = firstCount + secondCount - kept.first - kept.second
    return encoding
  }

  private func part(
    of tokens: [Token], _ count: Int, _ blanks: (Int32) -> OffsetTrimming.Blanks
  ) -> ArraySlice<Token> {
    let part = truncatesLeft ? tokens.suffix(count) : tokens.prefix(count)
    return trimming?.trimmed(part, blanks) ?? part
  }

  /// The same, but that texts which are too long lose the end that is said.
  func truncating(left: Bool) -> SequenceTemplate {
    var template = self
    template.truncatesLeft = left
    return template
  }

  /// XLM-RoBERTa's own: `<s> A </s>` and `<s> A </s> </s> B </s>`, all in segment 0.
  static func xlmRoBERTa(start: Int32, end: Int32) -> SequenceTemplate {
    let (start, end) = (
      Piece.special(ids: [start], segment: 0), Piece.special(ids: [end], segment: 0)
    )
    let single = [start, .text(segment: 0), end]
    return SequenceTemplate(single: single, pair: single + [end, .pair(segment: 0), end])
  }
}
