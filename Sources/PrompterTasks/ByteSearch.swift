// SPDX-License-Identifier: Apache-2.0

/// Searches that look at bytes, not at characters.
///
/// A character may have as many combining marks as a file has bytes, and Swift compares such a one
/// in time that grows with their square.
extension String {
  /// The text with each occurrence of a few bytes replaced, from the left.
  func replacingBytes(_ old: StaticString, with new: StaticString) -> String {
    let (old, new, bytes) = (Array("\(old)".utf8), Array("\(new)".utf8), Array(utf8))
    guard let first = old.first, bytes.contains(first) else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var position = 0
    while position < bytes.count {
      if bytes[position] == first, bytes[position...].starts(with: old) {
        result += new
        position += old.count
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The texts between the places of a few bytes.
  func components(separatedByBytes separator: StaticString) -> [String] {
    let (separator, bytes) = (Array("\(separator)".utf8), Array(utf8))
    var components: [String] = []
    var (start, position) = (0, 0)
    while position < bytes.count {
      guard bytes[position...].starts(with: separator) else {
        position += 1
        continue
      }
      components.append(String(decoding: bytes[start..<position], as: UTF8.self))
      position += separator.count
      start = position
    }
    return components + [String(decoding: bytes[start...], as: UTF8.self)]
  }

  /// The text before and after the first place of a few bytes, nil if there is none.
  func split(atFirst separator: StaticString) -> (before: String, after: String)? {
    let (separator, bytes) = (Array("\(separator)".utf8), Array(utf8))
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }) else {
      return nil
    }
    return (
      String(decoding: bytes[..<start], as: UTF8.self),
      String(decoding: bytes[(start + separator.count)...], as: UTF8.self)
    )
  }

  /// Whether both are read as the same text.
  ///
  /// The bytes decide; but a model's tokenizer may have put a target's characters into their
  /// composed form, so canonical equivalence is enough where it is cheap to tell.
  func reads(as other: String) -> Bool {
    if utf8.elementsEqual(other.utf8) { return true }
    return max(utf8.count, other.utf8.count) <= 512 && self == other
  }

  /// The text without white space at its ends.
  var trimmed: String {
    let isBlank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
    guard let end = unicodeScalars.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(String.UnicodeScalarView(unicodeScalars[...end].drop(while: isBlank)))
  }
}

extension [String] {
  /// The index of a text that a model wrote: of one with the same bytes, or else of one that reads
  /// the same.
  package func firstIndex(writtenAs text: String) -> Int? {
    firstIndex { $0.utf8.elementsEqual(text.utf8) } ?? firstIndex { $0.reads(as: text) }
  }
}
