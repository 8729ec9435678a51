// SPDX-License-Identifier: Apache-2.0

/// The lines of a file's bytes, without their ends; blank lines are left out but counted.
struct Lines: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private var position: Int
  private var number = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = Byte.start(of: bytes)
  }

  /// The bytes of the next line that is not blank, and its number, counted from 1.
  mutating func next() -> (range: Range<Int>, number: Int)? {
    while position < bytes.count {
      let start = position
      while position < bytes.count, bytes[position] != Byte.lineFeed { position += 1 }
      var end = position
      if end > start, bytes[end - 1] == Byte.carriageReturn { end -= 1 }
      position += 1
      number += 1
      if bytes[start..<end].contains(where: { $0 != Byte.space }) { return (start..<end, number) }
    }
    return nil
  }
}

/// The bytes that formats are made of.
enum Byte {
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let comma: UInt8 = 0x2C
  static let colon: UInt8 = 0x3A
  static let openBracket: UInt8 = 0x5B
  static let backslash: UInt8 = 0x5C
  static let closeBracket: UInt8 = 0x5D
  static let openBrace: UInt8 = 0x7B
  static let closeBrace: UInt8 = 0x7D

  /// Where the text starts: after the byte-order mark, if there is one.
  static func start(of bytes: [UInt8]) -> Int {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == space || byte == tab || byte == lineFeed || byte == carriageReturn
  }

  /// The range without blanks at either end.
  static func trimmed(_ range: Range<Int>, of bytes: [UInt8]) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  /// The bytes without blanks at either end.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let text = bytes.drop(while: isBlank)
    return text[..<(text.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? text.startIndex)]
  }
}
