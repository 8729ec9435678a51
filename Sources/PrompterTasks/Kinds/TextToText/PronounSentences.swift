// SPDX-License-Identifier: Apache-2.0

extension TextToTextReader {
  /// WSC: what a pronoun between asterisks refers to.
  ///
  /// To learn from, only sentences whose span is what the pronoun refers to are of use; in an
  /// evaluation the answer says whether it is.
  func pronounExamples(in objects: JSONObjects) throws -> [TextToTextExample] {
    var examples: [TextToTextExample] = []
    for place in try objects.places() where examples.count < limit {
      let row = try objects.object(at: place)
      examples += try self.examples(of: PronounSentence(nested: row, line: place.line))
    }
    return examples
  }

  /// The same of flat rows: the spans are columns of their own.
  func pronounExamples(inRows rows: [TextRow]) throws -> [TextToTextExample] {
    var examples: [TextToTextExample] = []
    for row in rows where examples.count < limit {
      examples += try self.examples(of: PronounSentence(row, file: file))
    }
    return examples
  }

  private func truth(of label: String?, line: Int) throws -> Bool? {
    let spelling = TargetSpelling(
      file: file, labels: ["False", "True"], rules: .published, map: spelling.map)
    return try label.flatMap { try spelling.target(of: $0, line: line) }.map { $0 == "True" }
  }

  // None of a sentence from which there is nothing to learn.
  private func examples(of sentence: PronounSentence) throws -> [TextToTextExample] {
    let isTrue = try truth(of: sentence.label, line: sentence.line)
    guard !requireTargets || isTrue != nil else {
      throw DataError.missingLabel(file: file, line: sentence.line)
    }
    if purpose == .training, isTrue == false { return [] }
    return [
      example(
        ["text": try marked(sentence)], targets: [sentence.span], isTrue: isTrue,
        line: sentence.line)
    ]
  }

  // The published indices are off by a word or two in places, and some pronouns have punctuation
  // attached: the nearest word that is the pronoun, its marks aside, is meant.
  private func marked(_ sentence: PronounSentence) throws -> String {
    var words = sentence.text.utf8
      .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map(Array.init)
    let index = min(max(sentence.pronounIndex, 0), words.count)
    let pronoun = Array(sentence.pronoun.utf8)
    let near = words.indices.sorted { abs($0 - index) < abs($1 - index) }
    for place in near {
      guard let range = Self.range(of: pronoun, asWordOf: words[place]) else { continue }
      words[place].insert(UInt8(ascii: "*"), at: range.upperBound)
      words[place].insert(UInt8(ascii: "*"), at: range.lowerBound)
      return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
    throw DataError.malformedExample(
      file: file, line: sentence.line,
      reason: "the sentence has no word \(DataError.quoted(sentence.pronoun))")
  }

  /// Where a pronoun is in a word that is nothing else, marks at its ends aside.
  private static func range(of pronoun: [UInt8], asWordOf word: [UInt8]) -> Range<Int>? {
    guard word.count >= pronoun.count, !pronoun.isEmpty else { return nil }
    let (sought, found) = (core(of: pronoun), core(of: word))
    let start = found.lowerBound - sought.lowerBound
    guard !sought.isEmpty, sought.count == found.count, start >= 0,
      word[start...].starts(with: pronoun)
    else { return nil }
    return start..<start + pronoun.count
  }

  // From the first letter or number to the last, in bytes.
  private static func core(of word: [UInt8]) -> Range<Int> {
    var (offset, start, end) = (0, 0, 0)
    for scalar in String(decoding: word, as: UTF8.self).unicodeScalars {
      let properties = scalar.properties
      let isInner =
        properties.isAlphabetic || properties.numericType != nil
        || properties.canonicalCombiningClass != .notReordered
      if isInner, end == 0 { start = offset }
      offset += UTF8.width(scalar)
      if isInner { end = offset }
    }
    return start..<end
  }
}
