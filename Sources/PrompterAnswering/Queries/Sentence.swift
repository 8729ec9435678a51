// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// One sentence on one line, whatever names and labels from files stand in it.
package enum Sentence {
  /// The bytes that a sentence may have.
  package static let longest = 480

  // A path or a name of more bytes than this loses its middle, so that the rest can stay.
  private static let longestWord = 160

  /// The sentence as it is shown: without control characters, and, if it is too long, with long
  /// names shortened in their middle, or else itself.
  package static func shown(_ text: String) -> String {
    let sentence = text.escapingControls()
    guard sentence.utf8.count > longest else { return sentence }
    // Scalar by scalar: to compare a character, Swift sorts all the combining marks that it has.
    let words = sentence.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
    return shortened(
      words.map { shortened(Substring($0), to: longestWord) }.joined(separator: " ")[...],
      to: longest)
  }

  /// A text of at most so many bytes, of which the beginning and the end stay.
  package static func shortened(_ text: Substring, to limit: Int) -> String {
    guard text.utf8.count > limit else { return String(text) }
    let (scalars, mark) = (text.unicodeScalars, "…")
    let half = (limit - mark.utf8.count) / 2
    func fitting(_ scalars: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
      var room = half
      return scalars.prefix {
        room -= UTF8.width($0)
        return room >= 0
      }
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: fitting(scalars))
    result.append(contentsOf: mark.unicodeScalars)
    result.append(contentsOf: fitting(scalars.reversed()).reversed())
    return String(result)
  }
}
