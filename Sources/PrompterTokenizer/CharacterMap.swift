// SPDX-License-Identifier: Apache-2.0

/// SentencePiece's precompiled map of character sequences to their normal forms.
///
/// The blob holds the size of a trie (four bytes, least first), the trie as a double array in the
/// layout of Darts-clone, and the normal forms, each ended by a zero byte. A unit of the double
/// array is 32 bits: a label, an offset to its children, and whether a sequence ends here; the
/// unit after the end holds where its normal form starts.
struct CharacterMap {
  /// No rule is longer; bounds the walk through a trie that runs in circles.
  static let longestRule = 255
  /// No normal form is longer; the longest of NFKC takes 33 bytes.
  static let longestForm = 1_024

  private let units: [UInt32]
  private let forms: [UInt8]
  /// The scalars of the longest normal form.
  let longestFormCount: Int

  /// A map from its blob.
  ///
  /// - Parameters:
  ///   - blob: The bytes; a map without bytes leaves every text as it is.
  ///   - file: The file they come from, for errors.
  /// - Throws: ``TokenizerError/malformed(file:place:found:expected:)`` if the sizes make no sense.
  init(_ blob: ArraySlice<UInt8>, file: String) throws {
    func wrong(_ found: String, _ expected: String) -> TokenizerError {
      .malformed(
        file: file, place: "precompiled character map", found: found, expected: expected)
    }
    guard !blob.isEmpty else {
      (units, forms, longestFormCount) = ([], [], 0)
      return
    }
    guard blob.count > 4 else { throw wrong("\(blob.count) bytes", "more than 4") }
    let start = blob.startIndex + 4
    let size = (0..<4).reduce(0) { $0 | Int(blob[blob.startIndex + $1]) << ($1 * 8) }
    guard size > 0, size % 4 == 0, size < blob.count - 4 else {
      throw wrong(
        "a trie of \(size) bytes", "a multiple of 4 below the \(blob.count - 4) bytes that follow")
    }
    var units: [UInt32] = []
    units.reserveCapacity(size / 4)
    for place in stride(from: start, to: start + size, by: 4) {
      units.append(
        UInt32(blob[place]) | UInt32(blob[place + 1]) << 8 | UInt32(blob[place + 2]) << 16
          | UInt32(blob[place + 3]) << 24)
    }
    self.units = units
    forms = Array(blob[(start + size)...])
    var (length, count, longest) = (0, 0, 0)
    for byte in forms {
      length = byte == 0 ? 0 : length + 1
      count = byte == 0 ? 0 : count + (byte & 0xC0 == 0x80 ? 0 : 1)
      longest = max(longest, count)
      guard length <= Self.longestForm else {
        throw wrong("a normal form of more than \(Self.longestForm) bytes", "fewer")
      }
    }
    longestFormCount = longest
  }

  /// Whether it leaves every text as it is.
  var isEmpty: Bool { units.isEmpty }

  /// The longest rule that a range of bytes starts with: its length, and where its form starts.
  @inline(__always)
  func longestMatch(_ bytes: [UInt8], _ range: Range<Int>) -> (length: Int, form: Int)? {
    match(bytes, range, isLongest: true)
  }

  /// The shortest rule that a range of bytes starts with.
  func shortestMatch(_ bytes: [UInt8], _ range: Range<Int>) -> (length: Int, form: Int)? {
    match(bytes, range, isLongest: false)
  }

  @inline(__always)
  private func match(
    _ bytes: [UInt8], _ range: Range<Int>, isLongest: Bool
  ) -> (length: Int, form: Int)? {
    guard let first = units.first else { return nil }
    var place = Self.offset(first)
    var found: (length: Int, form: Int)?
    for index in range.prefix(Self.longestRule) {
      place ^= Int(bytes[index])
      guard place < units.count else { return found }
      let unit = units[place]
      guard unit & 0x8000_00FF == UInt32(bytes[index]) else { return found }
      place ^= Self.offset(unit)
      guard unit & 0x100 != 0, place < units.count else { continue }
      let form = Int(units[place] & 0x7FFF_FFFF)
      // A rule that ends within a character is none.
      let isWhole = index + 1 == range.upperBound || bytes[index + 1] & 0xC0 != 0x80
      guard form < forms.count, isWhole else { continue }
      found = (index + 1 - range.lowerBound, form)
      if !isLongest { return found }
    }
    return found
  }

  @inline(__always)
  private static func offset(_ unit: UInt32) -> Int {
    Int((unit >> 10) << ((unit & 0x200) >> 6))
  }

  /// The scalars of the form that starts at a place; ill-formed bytes become U+FFFD.
  func form(at place: Int) -> [Unicode.Scalar] {
    let bytes = forms[place...].prefix { $0 != 0 }
    if bytes.count == 1, let byte = bytes.first, byte < 0x80 { return [Unicode.Scalar(byte)] }
    return Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
  }
}
