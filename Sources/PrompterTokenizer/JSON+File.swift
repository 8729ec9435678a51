// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

extension JSON {
  /// The value that a file spells; the name is for the sentence on what is wrong with it.
  init(file bytes: [UInt8], name: String, allowsNonFinite: Bool = false) throws {
    do {
      self = try JSON(
        bytes, allowsNonFinite: allowsNonFinite, requiresStreamSafeText: true)
    } catch let failure as JSONScanner.Failure {
      throw TokenizerError.malformed(
        file: name, place: "byte \(failure.position)", found: failure.foundInWords,
        expected: failure.expectedInWords)
    }
  }
}

extension JSONScanner.Failure {
  fileprivate var foundInWords: String {
    if expected == .utf8 { return "a string with ill-formed bytes" }
    guard let found else { return "the end of the file" }
    return 0x21..<0x7F ~= found ? "'\(Unicode.Scalar(found))'" : "byte \(found)"
  }

  fileprivate var expectedInWords: String {
    switch expected {
    case .character(let character): "'\(character)'"
    case .escape: "an escape"
    case .surrogatePair: "a surrogate pair"
    case .utf8: "UTF-8"
    case .end: "the end of the file"
    case .words(let words): words
    }
  }
}
