// SPDX-License-Identifier: Apache-2.0

/// Answers as SQuAD's scorer compares them: in lower case, without punctuation or articles.
enum NormalizedAnswer {
  /// Whether an answer is one of some right ones.
  static func isAny(of targets: [String], _ answer: String) -> Bool {
    let words = words(of: answer)
    return targets.contains {
      Self.words(of: $0).elementsEqual(words) { $0.reads(as: $1) }
    }
  }

  /// The words that are left.
  static func words(of answer: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    var run = String.UnicodeScalarView()  // of letters and digits, the end of `word`
    func endRun() {
      // An article is dropped wherever it stands between boundaries, and parts what it stood in.
      if ["a", "an", "the"].contains(String(run)) {
        endWord()
      } else {
        word.append(contentsOf: run)
      }
      run = .init()
    }
    func endWord() {
      if !word.isEmpty { words.append(String(word)) }
      word = .init()
    }
    for scalar in answer.pythonLowercased().unicodeScalars where !scalar.isASCIIPunctuation {
      // What Python separates words at.
      if scalar.properties.isWhitespace || 0x1C...0x1F ~= scalar.value {
        endRun()
        endWord()
      } else if scalar.isWordPart {
        run.append(scalar)
      } else {
        endRun()
        word.append(scalar)
      }
    }
    endRun()
    endWord()
    return words
  }
}

extension String {
  /// The text in lower case, as Python has it: a sigma at the end of a word is a final one.
  fileprivate func pythonLowercased() -> String {
    let sigma: Unicode.Scalar = "\u{3A3}"
    guard unicodeScalars.contains(sigma) else { return lowercased() }
    let scalars = Array(unicodeScalars)
    func isCased(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
      scalars.first { !$0.properties.isCaseIgnorable }?.properties.isCased == true
    }
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      let isFinal =
        scalar == sigma && isCased(scalars[..<index].reversed())
        && !isCased(scalars[(index + 1)...])
      result += isFinal ? "\u{3C2}" : scalar.properties.lowercaseMapping
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether this is a letter or a number of any script.
  var isWordPart: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}

/// The F1 of the words of an answer.
enum TokenF1 {
  /// The highest F1 over right answers; 0 if there are none.
  static func highest(of output: String, _ targets: [String]) -> Double {
    let words = NormalizedAnswer.words(of: output)
    return targets.map { score(words, NormalizedAnswer.words(of: $0)) }.max() ?? 0
  }

  // As the published scorers do: no common word is 0, even where both are empty.
  static func score(_ output: [String], _ target: [String]) -> Double {
    let common = WordRuns(output, length: 1).common(with: WordRuns(target, length: 1))
    guard common > 0 else { return 0 }
    return 2 * Double(common) / Double(output.count + target.count)
  }
}
