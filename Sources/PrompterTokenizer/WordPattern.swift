// SPDX-License-Identifier: Apache-2.0

/// How a text is cut into words before bytes are joined: the regular expressions that published
/// models have for it, read by hand.
///
/// A word of GPT-2's is a contraction's end, letters, numbers or other signs, each with a space
/// before it that belongs to it, or white space; of white space before anything else the last is
/// left over for it.
enum WordPattern: Equatable {
  /// Of GPT-2, RoBERTa, GPT-NeoX and ModernBERT.
  case gpt2
  /// Of GPT-4 and those after it: any sign may belong to the letters that follow, and so many
  /// digits make a word.
  case gpt4(digits: Int)

  /// The expressions by the way files spell them.
  static let expressions: [String: WordPattern] = [
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
    spelling(numbers: #"\p{N}{1,3}"#): .gpt4(digits: 3),
    spelling(numbers: #"\p{N}"#): .gpt4(digits: 1),
  ]

  private static func spelling(numbers: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// Appends the words of a part of a text.
  ///
  /// - Complexity: O(n) in the number of scalars.
  func appendWords(of text: [Unicode.Scalar], _ part: Range<Int>, to words: inout [Range<Int>]) {
    let kinds = LetterKind.Table()
    var start = part.lowerBound
    while start < part.upperBound {
      let end =
        switch self {
        case .gpt2: Self.endOfGPT2Word(text, start, part.upperBound, kinds)
        case .gpt4(let digits): Self.endOfGPT4Word(text, start, part.upperBound, kinds, digits)
        }
      words.append(start..<end)
      start = end
    }
  }

  // MARK: GPT-2

  @inline(__always)
  private static func endOfGPT2Word(
    _ text: [Unicode.Scalar], _ start: Int, _ limit: Int, _ kinds: LetterKind.Table
  ) -> Int {
    let first = text[start]
    if first == "'", let length = contraction(text, start, limit, ignoringCase: false) {
      return start + length
    }
    var kind = kinds[first]
    var end = start + 1
    if first == " ", end < limit, kinds[text[end]] != .space {
      kind = kinds[text[end]]
      end += 1
    }
    while end < limit, kinds[text[end]] == kind { end += 1 }
    return kind == .space ? endOfSpace(start, end, limit) : end
  }

  /// Leaves the last of several blanks to what follows.
  @inline(__always)
  private static func endOfSpace(_ start: Int, _ end: Int, _ limit: Int) -> Int {
    end < limit && end - start > 1 ? end - 1 : end
  }

  /// The length of the end of a contraction, like `'ll`.
  private static func contraction(
    _ text: [Unicode.Scalar], _ start: Int, _ limit: Int, ignoringCase: Bool
  ) -> Int? {
    func letter(_ offset: Int) -> Unicode.Scalar? {
      guard start + offset < limit else { return nil }
      let scalar = text[start + offset]
      guard ignoringCase else { return scalar }
      // The long s is the only other letter that is an ASCII letter of another case.
      if scalar == "\u{17F}" { return "s" }
      let isCapital = 0x41...0x5A ~= scalar.value
      return isCapital ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
    }
    switch letter(1) {
    case "s", "t", "m", "d": return 2
    case "r" where letter(2) == "e", "v" where letter(2) == "e", "l" where letter(2) == "l":
      return 3
    default: return nil
    }
  }

  // MARK: GPT-4

  private static func endOfGPT4Word(
    _ text: [Unicode.Scalar], _ start: Int, _ limit: Int, _ kinds: LetterKind.Table, _ digits: Int
  ) -> Int {
    let first = text[start]
    if first == "'", let length = contraction(text, start, limit, ignoringCase: true) {
      return start + length
    }
    let kind = kinds[first]
    var end = start + 1
    let mayLead = kind != .number && !isBreak(first)
    if kind == .letter || (mayLead && end < limit && kinds[text[end]] == .letter) {
      while end < limit, kinds[text[end]] == .letter { end += 1 }
      return end
    }
    if kind == .number {
      while end < limit, end - start < digits, kinds[text[end]] == .number { end += 1 }
      return end
    }
    if kind == .other || (first == " " && end < limit && kinds[text[end]] == .other) {
      while end < limit, kinds[text[end]] == .other { end += 1 }
      while end < limit, isBreak(text[end]) { end += 1 }
      return end
    }
    while end < limit, kinds[text[end]] == .space { end += 1 }
    if let last = text[start..<end].lastIndex(where: isBreak) { return last + 1 }
    return endOfSpace(start, end, limit)
  }

  @inline(__always)
  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r"
  }
}
