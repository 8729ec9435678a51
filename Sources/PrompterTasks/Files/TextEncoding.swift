// SPDX-License-Identifier: Apache-2.0

/// What the bytes of a text mean.
public enum TextEncoding: String, Sendable, Equatable, CaseIterable {
  /// Unicode in one to four bytes a character.
  case utf8 = "utf-8"
  /// ISO 8859-1: a byte is the character of that number.
  case latin1
  /// Latin-1 with typographic marks where that has control characters.
  case windows1252 = "windows-1252"
  /// Unicode in two or four bytes a character; the mark at the start says in which order, and
  /// without one the lesser byte comes first.
  case utf16 = "utf-16"
  /// UTF-16, the lesser byte first.
  case utf16LittleEndian = "utf-16le"
  /// UTF-16, the greater byte first.
  case utf16BigEndian = "utf-16be"
}

extension TextEncoding {
  /// What Windows-1252 has from 0x80 to 0x9F, as the Encoding Standard lists it.
  private static let marks: [UInt16] = [
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
  ]

  /// The text of a file in UTF-8.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - encoding: What its bytes mean; nil is UTF-8, or UTF-16 if its mark is there.
  ///   - file: The file, for messages.
  /// - Returns: The text's bytes in UTF-8.
  /// - Throws: ``DataError/misread(file:_:)`` with the first byte that does not fit.
  static func text(of bytes: [UInt8], as encoding: TextEncoding?, file: String) throws -> [UInt8] {
    let isMarked = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    switch encoding ?? (isMarked ? .utf16 : .utf8) {
    case .utf8:
      if encoding == nil, bytes.prefix(4).contains(0) {
        throw DataError.misread(file: file, .unmarkedUTF16)
      }
      guard let place = firstIllFormed(bytes) else { return bytes }
      let start = bytes[..<place].lastIndex(of: Byte.lineFeed).map { $0 + 1 } ?? 0
      throw DataError.misread(
        file: file,
        .notUTF8(
          line: 1 + bytes[..<place].count { $0 == Byte.lineFeed }, byte: place - start + 1,
          found: bytes[place]))
    case .latin1: return singleBytes(bytes) { UInt16($0) }
    case .windows1252:
      return singleBytes(bytes) { 0x80...0x9F ~= $0 ? marks[Int($0) - 0x80] : UInt16($0) }
    case .utf16:
      let isBigEndian = bytes.starts(with: [0xFE, 0xFF])
      return try utf16(bytes, isBigEndian: isBigEndian, named: .utf16, file: file)
    case .utf16LittleEndian:
      return try utf16(bytes, isBigEndian: false, named: .utf16LittleEndian, file: file)
    case .utf16BigEndian:
      return try utf16(bytes, isBigEndian: true, named: .utf16BigEndian, file: file)
    }
  }

  private static func singleBytes(
    _ bytes: [UInt8], _ scalar: (UInt8) -> UInt16
  ) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes {
      if byte < 0x80 {
        text.append(byte)
      } else {
        text += Character(Unicode.Scalar(scalar(byte)) ?? " ").utf8
      }
    }
    return text
  }

  private static func utf16(
    _ bytes: [UInt8], isBigEndian: Bool, named encoding: TextEncoding, file: String
  ) throws -> [UInt8] {
    let (greater, lesser) = isBigEndian ? (0, 1) : (1, 0)
    let units = stride(from: 0, to: bytes.count - 1, by: 2).map {
      UInt16(bytes[$0 + greater]) << 8 | UInt16(bytes[$0 + lesser])
    }
    guard bytes.count.isMultiple(of: 2) else {
      throw DataError.misread(file: file, .notEncoded(encoding, byte: bytes.count))
    }
    if let place = firstIllFormed(units) {
      throw DataError.misread(file: file, .notEncoded(encoding, byte: 2 * place + 1))
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }
}

extension TextEncoding {
  /// The place of the first byte that does not belong to a character.
  ///
  /// The standard library looks at a piece at a time, and only one that it refuses is gone through.
  static func firstIllFormed(_ bytes: [UInt8]) -> Int? {
    var start = 0
    while start < bytes.count {
      var end = min(start + (1 << 16), bytes.count)
      // No character is cut: it has three bytes at most after its first.
      for _ in 0..<3 where end < bytes.count && 0x80...0xBF ~= bytes[end] { end -= 1 }
      if String(validating: bytes[start..<end], as: UTF8.self) == nil,
        let place = firstIllFormed(bytes, from: start)
      {
        return place
      }
      start = end
    }
    return nil
  }

  // By the table of well-formed sequences in the Unicode Standard (3-7).
  private static func firstIllFormed(_ bytes: [UInt8], from start: Int) -> Int? {
    var position = start
    while position < bytes.count {
      if bytes[position] < 0x80 {
        position += 1
      } else if let length = sequenceLength(in: bytes, at: position) {
        position += length
      } else {
        return position
      }
    }
    return nil
  }

  private static func sequenceLength(in bytes: [UInt8], at position: Int) -> Int? {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch bytes[position] {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
    let isWhole = bytes[(position + 2)..<(position + length)].allSatisfy { 0x80...0xBF ~= $0 }
    return isWhole ? length : nil
  }

  /// The place of the first half of a pair of surrogates that stands alone.
  private static func firstIllFormed(_ units: [UInt16]) -> Int? {
    var position = 0
    while position < units.count {
      switch units[position] {
      case 0xD800...0xDBFF:
        let next = position + 1
        guard next < units.count, 0xDC00...0xDFFF ~= units[next] else { return position }
        position += 2
      case 0xDC00...0xDFFF: return position
      default: position += 1
      }
    }
    return nil
  }
}
