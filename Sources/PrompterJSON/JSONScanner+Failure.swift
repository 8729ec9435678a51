// SPDX-License-Identifier: Apache-2.0

extension JSONScanner {
  /// What a text has in place of what it should have; who knows the file makes a sentence of it.
  public struct Failure: Error, Equatable {
    /// How many bytes are before the place.
    public let position: Int

    /// The byte there, nil at the end of the text.
    public let found: UInt8?

    /// What should be there.
    public let expected: Expected
  }

  /// What a text should have in some place.
  public enum Expected: Equatable, Sendable {
    /// This character and no other.
    case character(Unicode.Scalar)
    /// A character that may follow a backslash.
    case escape
    /// Two escapes that are the halves of one character beyond U+FFFF, the high one first.
    case surrogatePair
    /// The bytes of a string in UTF-8; the place is where the string begins.
    case utf8
    /// The end of the text.
    case end
    /// Anything else, in a few words.
    case words(String)
  }

  /// What is wrong at the byte to be read next.
  public func failure(_ expected: Expected) -> Failure {
    Failure(position: position, found: next, expected: expected)
  }
}

extension JSONScanner.Failure {
  /// What is there, in a few words.
  package var foundInWords: String {
    if expected == .utf8 { return "a string with ill-formed bytes" }
    guard let found else { return "the end of the file" }
    return 0x21..<0x7F ~= found ? "'\(Unicode.Scalar(found))'" : "byte \(found)"
  }

  /// What should be there, in a few words.
  package var expectedInWords: String {
    switch expected {
    case .character(let character): "'\(character)'"
    case .escape: "an escape sequence"
    case .surrogatePair: "both halves of a surrogate pair"
    case .utf8: "UTF-8"
    case .end: "nothing more"
    case .words(let words): words
    }
  }
}
