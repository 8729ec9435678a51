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
