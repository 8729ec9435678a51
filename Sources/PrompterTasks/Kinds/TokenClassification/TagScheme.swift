// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// How tags of single words say which words belong together.
///
/// | scheme | a name of three words | another one right after it | no name |
/// | --- | --- | --- | --- |
/// | `iob1` | `I-X I-X I-X` | begins with `B-X` | `O` |
/// | `iob2` | `B-X I-X I-X` | begins with `B-X` | `O` |
/// | `iobes` | `B-X I-X E-X`; one word alone is `S-X` | the same | `O` |
/// | `bilou` | `B-X I-X L-X`; one word alone is `U-X` | the same | `O` |
/// | `plain` | a tag is of its word alone, as parts of speech are | | |
///
/// A tag without a type, such as `B`, is one of the type `_`.
public enum TagScheme: String, Codable, Sendable, CaseIterable {
  /// A name begins with `B` only where it follows another one of its type.
  case iob1
  /// Each name begins with `B`; often called BIO.
  case iob2
  /// Names also end, with `E`, and one word alone has a tag of its own.
  case iobes
  /// The same with other letters.
  case bilou
  /// Words have tags, and nothing belongs together.
  case plain
}

extension TagScheme {
  /// The letters that tags begin with.
  var letters: String {
    switch self {
    case .iob1, .iob2: "BIO"
    case .iobes: "BIESO"
    case .bilou: "BILUO"
    case .plain: ""
    }
  }

  /// The letter and the type of a tag, `O` having none; nil if the tag is none of the scheme's.
  func parts(of tag: String) -> (letter: Character, type: UTF8Key?)? {
    guard let first = tag.utf8.first, letters.utf8.contains(first) else { return nil }
    let (letter, rest) = (Character(Unicode.Scalar(first)), tag.utf8.dropFirst())
    if letter == "O" { return rest.isEmpty ? (letter, nil) : nil }
    guard rest.isEmpty || rest.first == UInt8(ascii: "-") else { return nil }
    let type = String(Substring(rest.dropFirst()))
    return (letter, UTF8Key(type.isEmpty ? "_" : type))
  }

  /// The scheme that sequences of tags are of.
  ///
  /// It is `plain` unless all tags are of another one and tell words that begin, go on or end from
  /// those outside; among `iob1` and `iob2` it is the first if a name begins with `I`.
  ///
  /// - Complexity: O(n) in the number of tags.
  static func found(in sequences: some Sequence<[String]>) -> TagScheme {
    var letters: Set<Character> = []
    var isSecond = true
    for tags in sequences {
      var last: (letter: Character, type: UTF8Key?) = ("O", nil)
      for tag in tags {
        guard let found = iobes.parts(of: tag) ?? bilou.parts(of: tag) else { return .plain }
        letters.insert(found.letter)
        if found.letter == "I", last.type != found.type { isSecond = false }
        last = found
      }
    }
    guard !letters.isDisjoint(with: "BIESLU") else { return .plain }
    if letters.isSubset(of: "BIO") { return isSecond ? .iob2 : .iob1 }
    if letters.isSubset(of: "BIESO") { return .iobes }
    return letters.isSubset(of: "BILUO") ? .bilou : .plain
  }
}

/// The tags of a task, read by their scheme.
struct TagSet: Sendable {
  /// What a tag says of its word, in IOBES's letters.
  private enum Mark: Sendable {
    case begins, goesOn, ends, alone, outside
  }

  /// The types that names have, in order of their spelling.
  let types: [String]

  // Of each tag; the type is -1 outside.
  private let parts: [(mark: Mark, type: Int)]
  private let scheme: TagScheme

  /// Tags of a scheme; those that are none of it are outside.
  init(_ tags: [String], scheme: TagScheme) {
    self.scheme = scheme
    let read = tags.map(scheme.parts)
    let types = LabelSpace.ordered(read.compactMap { $0?.type?.text })
    let space = try? LabelSpace(types)
    self.types = types
    parts = read.map { part in
      guard let part, let type = part.type, let place = space?.firstIndex(of: type.text) else {
        return (.outside, -1)
      }
      return (Self.mark(part.letter), place)
    }
  }

  private static func mark(_ letter: Character) -> Mark {
    switch letter {
    case "B": .begins
    case "I": .goesOn
    case "E", "L": .ends
    default: .alone
    }
  }

  /// Whether tags say which words belong together.
  var hasSpans: Bool { scheme != .plain }

  /// Words that belong together, and the index of their type.
  struct Span: Hashable, Sendable {
    let type: Int
    let words: Range<Int>
  }

  /// The names in a sequence of tags, as conlleval and seqeval's usual mode read it.
  ///
  /// A tag that goes on where nothing of its type has begun begins it, and what has begun ends with
  /// its `E`, before whatever begins, and before another type.
  ///
  /// - Parameter tags: The indices of the tags.
  /// - Returns: The names in their order.
  func spans(of tags: [Int]) -> [Span] {
    var spans: [Span] = []
    var start: Int?
    var last: (mark: Mark, type: Int) = (.outside, -1)
    for (place, tag) in (tags + [-1]).enumerated() {
      let next = tag < 0 ? (.outside, -1) : parts[tag]
      if let first = start, Self.isApart(last, next) {
        spans.append(Span(type: last.type, words: first..<place))
        start = nil
      }
      if start == nil, next.mark != .outside { start = place }
      last = next
    }
    return spans
  }

  // Whether a word is no part of the name that the word before is in.
  private static func isApart(
    _ last: (mark: Mark, type: Int), _ next: (mark: Mark, type: Int)
  ) -> Bool {
    last.mark == .ends || last.mark == .alone || next.mark == .begins || next.mark == .alone
      || next.type != last.type
  }

  /// The names in a sequence of tags that is not put right, as seqeval's strict mode reads it: each
  /// begins and, where the scheme says so, ends with the tag for that, and anything else is none.
  ///
  /// Of `iob1`, whose tags tell less, they are those of ``spans(of:)``.
  func strictSpans(of tags: [Int]) -> [Span] {
    guard scheme != .iob1 else { return spans(of: tags) }
    return spans(of: tags).filter { span in
      let marks = tags[span.words].map { parts[$0].mark }
      if scheme == .iob2 { return marks.first == .begins }
      return marks.first == .alone
        || marks.count > 1 && marks.first == .begins
          && marks.last == .ends
    }
  }
}
