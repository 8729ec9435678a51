// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// What a pronoun refers to, compared as T5 does for WSC.
enum Referent {
  private static let determiners = Set(
    [
      "a", "an", "each", "every", "few", "her", "his", "many", "much", "my", "our", "some", "that",
      "the", "their", "these", "this", "those", "which", "whose", "your",
    ].map(UTF8Key.init))

  /// Whether an answer means a referent: case and determiners aside, one has all the other's words.
  ///
  /// "Bob" does not mean "Bob's hat": either both have an apostrophe or neither has. An answer of
  /// no other words than determiners says nothing, neither yes nor no: nil.
  static func isMeant(_ referent: String, by answer: String) -> Bool? {
    let (meant, given) = (words(of: referent), words(of: answer))
    guard !given.isEmpty else { return nil }
    guard hasApostrophe(referent) == hasApostrophe(answer) else { return false }
    return given.isSubset(of: meant) || meant.isSubset(of: given)
  }

  private static func hasApostrophe(_ text: String) -> Bool {
    text.utf8.contains(UInt8(ascii: "'"))
  }

  private static func words(of text: String) -> Set<UTF8Key> {
    Set(
      text.lowercased().utf8.split(separator: UInt8(ascii: " ")).map {
        UTF8Key(String(decoding: $0, as: UTF8.self))
      }
    ).subtracting(determiners)
  }
}
