// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A line of WSC: a sentence, a span of it, and a pronoun that may refer to it.
private struct WSCLine: Decodable {
  struct Spans: Decodable {
    let span1_text: String
    let span2_text: String
    let span2_index: Int
  }
  let text: String
  let target: Spans
  let label: Bool?
}

extension TextToTextReader {
  /// WSC: what a pronoun between asterisks refers to.
  ///
  /// To learn from, only sentences whose span is what the pronoun refers to are of use; in an
  /// evaluation the answer says whether it is.
  func pronounExamples(in objects: JSONObjects) throws -> [TextToTextExample] {
    var examples: [TextToTextExample] = []
    for place in try objects.places() where examples.count < limit {
      let line = try objects.decode(place, WSCLine.self)
      guard requireTargets, line.label == nil else {
        if purpose == .training, line.label == false { continue }
        let sentence = try marked(
          line.target.span2_text, at: line.target.span2_index, in: line.text, line: place.line)
        examples.append(
          example(
            ["text": sentence], targets: [line.target.span1_text], isTrue: line.label,
            line: place.line))
        continue
      }
      throw DataError.missingLabel(file: file, line: place.line)
    }
    return examples
  }

  // The published indices are off by a word or two in places, and some pronouns have punctuation
  // attached: the nearest word that is the pronoun, its marks aside, is meant.
  private func marked(
    _ pronoun: String, at index: Int, in text: String, line: Int
  ) throws -> String {
    var words = text.components(separatedBy: " ")
    let near = words.indices.sorted { abs($0 - index) < abs($1 - index) }
    for place in near {
      guard let range = words[place].range(of: pronoun), !pronoun.isEmpty else { continue }
      let (before, after) = (words[place][..<range.lowerBound], words[place][range.upperBound...])
      guard (before + after).allSatisfy({ !$0.isLetter && !$0.isNumber }) else { continue }
      words[place] = "\(before)*\(pronoun)*\(after)"
      return words.joined(separator: " ")
    }
    throw DataError.malformedExample(
      file: file, line: line, reason: "the sentence has no word \"\(pronoun.prefix(40))\"")
  }
}
