// SPDX-License-Identifier: Apache-2.0

/// What a pronoun refers to, compared as T5 does for WSC.
enum Referent {
  private static let determiners: Set = [
    "a", "an", "each", "every", "few", "her", "his", "many", "much", "my", "our", "some", "that",
    "the", "their", "these", "this", "those", "which", "whose", "your",
  ]

  /// Whether an answer means a referent: case and determiners aside, one has all the other's words.
  ///
  /// "Bob" does not mean "Bob's hat": either both have an apostrophe or neither has. An answer of
  /// no other words than determiners says nothing, neither yes nor no: nil.
  static func isMeant(_ referent: String, by answer: String) -> Bool? {
    let (meant, given) = (words(of: referent), words(of: answer))
    guard !given.isEmpty else { return nil }
    guard referent.contains("'") == answer.contains("'") else { return false }
    return given.isSubset(of: meant) || meant.isSubset(of: given)
  }

  private static func words(of text: String) -> Set<String> {
    Set(text.lowercased().split(separator: " ").map(String.init)).subtracting(determiners)
  }
}
