// SPDX-License-Identifier: Apache-2.0

extension JSONScanner {
  /// Reads a string; the common kind, without escapes, is copied in one go.
  public mutating func string() throws -> String {
    try expect("\"")
    let start = position
    while let byte = try nextInString() {
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      advance()
    }
    return try endString(text[start..<position], from: start)
  }

  /// Reads the rest of a string that began at `start` and has its first escape here.
  private mutating func escapedString(from start: Int) throws -> String {
    var bytes = Array(text[start..<position])
    while let byte = try nextInString() {
      advance()
      if byte == UInt8(ascii: "\\") {
        bytes.append(contentsOf: try escape().utf8)
      } else {
        bytes.append(byte)
      }
    }
    return try endString(bytes[...], from: start)
  }

  /// The byte to be read next, nil at the string's end and at the text's.
  func nextInString() throws -> UInt8? {
    guard let byte = next, byte != UInt8(ascii: "\"") else { return nil }
    guard byte >= 0x20 else { throw failure(.words("no control character in a string")) }
    return byte
  }

  private mutating func endString(_ bytes: ArraySlice<UInt8>, from start: Int) throws -> String {
    guard let string = String(validating: bytes, as: UTF8.self) else {
      if repairsStrings {
        try expectNext("\"")
        return String(decoding: bytes, as: UTF8.self)
      }
      position = start
      throw failure(.utf8)
    }
    if requiresStreamSafeText, bytes.count > 60, !string.isStreamSafe {
      position = start
      throw failure(.words("a string with at most \(String.mostMarks) combining marks in a row"))
    }
    try expectNext("\"")
    return string
  }

  /// Reads what follows a backslash.
  mutating func escape() throws -> Unicode.Scalar {
    let scalar: Unicode.Scalar
    switch next {
    case UInt8(ascii: "\"")?: scalar = "\""
    case UInt8(ascii: "\\")?: scalar = "\\"
    case UInt8(ascii: "/")?: scalar = "/"
    case UInt8(ascii: "b")?: scalar = "\u{8}"
    case UInt8(ascii: "f")?: scalar = "\u{C}"
    case UInt8(ascii: "n")?: scalar = "\n"
    case UInt8(ascii: "r")?: scalar = "\r"
    case UInt8(ascii: "t")?: scalar = "\t"
    case UInt8(ascii: "u")?: return try unicodeEscape()
    default: throw failure(.escape)
    }
    advance()
    return scalar
  }

  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    advance()
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    let afterFirst = position
    if let scalar = try secondHalf(of: first) { return scalar }
    guard repairsStrings else { throw failure(.surrogatePair) }
    // What follows the half is read as if nothing had been before it.
    position = afterFirst
    return "\u{FFFD}"
  }

  /// The character of two escapes of which the first has been read; nil if the next is none that
  /// fits.
  private mutating func secondHalf(of first: UInt32) throws -> Unicode.Scalar? {
    guard first < 0xDC00, takeNext("\\"), takeNext("u") else { return nil }
    let second = try fourDigits()
    guard 0xDC00...0xDFFF ~= second else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private mutating func fourDigits() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch next {
      case let byte? where 0x30...0x39 ~= byte: digit = byte - 0x30
      case let byte? where 0x41...0x46 ~= byte: digit = byte - 0x41 + 10
      case let byte? where 0x61...0x66 ~= byte: digit = byte - 0x61 + 10
      default: throw failure(.words("four hexadecimal digits"))
      }
      value = value << 4 | UInt32(digit)
      advance()
    }
    return value
  }
}

extension String {
  /// The most combining marks in a row of stream-safe text.
  public static let mostMarks = 30

  /// Whether there are never more combining marks in a row than stream-safe text has.
  public var isStreamSafe: Bool {
    var marks = 0
    for scalar in unicodeScalars {
      let isMark =
        scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass != .notReordered
      marks = isMark ? marks + 1 : 0
      if marks > Self.mostMarks { return false }
    }
    return true
  }
}
