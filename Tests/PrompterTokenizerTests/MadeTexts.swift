// SPDX-License-Identifier: Apache-2.0

import PrompterTestSupport

/// The random texts and vocabularies of Scripts/make-differential-fixtures.py.
enum MadeTexts {
  // The first scalar and the number of scalars of what words are made of.
  private static let pools: [(first: UInt32, count: Int)] = [
    (0x61, 26), (0x61, 26), (0x61, 26), (0x41, 26), (0x30, 10), (0x21, 15), (0xC0, 64),
    (0x100, 128), (0x370, 144), (0x400, 256), (0x5D0, 27), (0x621, 42), (0x900, 128),
    (0xE01, 58), (0x1100, 256), (0x3041, 86), (0x30A1, 90), (0x4E00, 200), (0xAC00, 200),
    (0x300, 112), (0x1F600, 80), (0xFF01, 94), (0x1D400, 64), (0x2000, 112), (0x3000, 64),
    (0x00, 32), (0x7F, 34), (0xFB00, 7), (0x20D0, 33), (0xE000, 16), (0xFE00, 16), (0x1E00, 256),
  ]
  private static let specials = [
    "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<a>", "b c", "</s>", "<unk>", "\u{C9}t\u{E9}",
  ]
  private static let gaps = [
    " ", " ", " ", " ", "", "  ", "\t", "\n", "\u{A0}", "\u{3000}", "\u{200B}", ".", "-", "'",
    "\u{2581}", "\u{200D}",
  ]

  private static func scalar(_ numbers: inout MadeNumbers, _ pool: Int) -> Unicode.Scalar {
    let (first, count) = pools[pool]
    return Unicode.Scalar(first + UInt32(numbers.below(count))) ?? " "
  }

  private static func word(_ numbers: inout MadeNumbers) -> String.UnicodeScalarView {
    let kind = numbers.below(40)
    if kind == 0 { return numbers.choice(specials).unicodeScalars }
    var letters: [Unicode.Scalar]
    if kind == 1 {
      let letter = scalar(&numbers, numbers.below(pools.count))
      letters = [Unicode.Scalar](repeating: letter, count: 90 + numbers.below(40))
    } else {
      let pool = kind < 20 ? numbers.below(4) : numbers.below(pools.count)
      let count = 1 + numbers.below(7)
      letters = (0..<count).map { _ in scalar(&numbers, pool) }
      if numbers.below(12) == 0 {
        let place = numbers.below(letters.count + 1)
        letters.insert(scalar(&numbers, 19), at: place)
      }
    }
    return String.UnicodeScalarView(letters)
  }

  /// Text `index` of a case.
  static func text(seed: Int, index: Int) -> String {
    var numbers = MadeNumbers(seed: seed, purpose: "line", index: index)
    var text = String.UnicodeScalarView()
    for _ in 0..<numbers.below(9) {
      text += word(&numbers)
      text += numbers.choice(gaps).unicodeScalars
    }
    return String(text)
  }

  /// Distinct pieces: those given, then random ones of one to five scalars.
  static func pieces(seed: Int, first: [String], continuing: String, count: Int) -> [String] {
    var numbers = MadeNumbers(seed: seed, purpose: "pieces")
    var known = Set<[UInt8]>()
    var pieces: [String] = []
    func add(_ piece: String) {
      if known.insert(Array(piece.utf8)).inserted { pieces.append(piece) }
    }
    first.forEach(add)
    for _ in 0..<count {
      let pool = numbers.below(2) == 1 ? numbers.below(4) : numbers.below(pools.count)
      let length = 1 + min(numbers.below(5), numbers.below(5))
      let letters = (0..<length).map { _ in scalar(&numbers, pool) }
      let sign = numbers.below(2) == 1 ? continuing : ""
      add(String(sign.unicodeScalars + letters))
    }
    return pieces
  }

  /// A text as JSON.
  static func quoted(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result.append("\\") }
      if scalar.value < 0x20 {
        let digits = String(scalar.value, radix: 16)
        result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
      } else {
        result.append(scalar)
      }
    }
    return "\"" + String(result) + "\""
  }
}
