// SPDX-License-Identifier: Apache-2.0

/// Where the elements of a JSON array are in a file.
///
/// Only strings and brackets are told apart here; the decoder checks each element. So a message
/// can name the line of an element, which the decoder alone does not know.
struct JSONArrayElements {
  private let bytes: [UInt8]
  private let range: Range<Int>
  private let file: String
  private let start: Int
  /// The line of the byte that was looked at last.
  private(set) var line: Int

  /// The elements of the array that `range` of the bytes holds.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - range: Where the array is.
  ///   - file: The file, for messages.
  ///   - start: A place before the array whose line is known, to count lines on from.
  init(
    _ bytes: [UInt8], _ range: Range<Int>, file: String,
    from start: (position: Int, line: Int) = (0, 1)
  ) {
    self.bytes = bytes
    self.range = range
    self.file = file
    (self.start, line) = start
  }

  /// The bytes of each element, without blanks around them, and the line on which it starts.
  mutating func all() throws -> [(range: Range<Int>, number: Int)] {
    line += bytes[start..<range.lowerBound].count { $0 == Byte.lineFeed }
    var elements: [(range: Range<Int>, number: Int)] = []
    var position = range.lowerBound
    repeat {
      position += 1  // The bracket or comma before an element.
      skipBlanks(&position)
      let (start, startLine) = (position, line)
      try skipElement(&position)
      let element = Byte.trimmed(start..<position, of: bytes)
      let isEmptyArray = element.isEmpty && elements.isEmpty && bytes[position] != Byte.comma
      if !isEmptyArray { elements.append((element, startLine)) }
    } while bytes[position] == Byte.comma
    guard position == range.upperBound - 1 else { throw fault("text follows the array") }
    return elements
  }

  private mutating func skipBlanks(_ position: inout Int) {
    while position < range.upperBound, Byte.isBlank(bytes[position]) {
      if bytes[position] == Byte.lineFeed { line += 1 }
      position += 1
    }
  }

  /// Moves to the comma or bracket that ends an element.
  private mutating func skipElement(_ position: inout Int) throws {
    var depth = 0
    var isInString = false
    while position < range.upperBound {
      let byte = bytes[position]
      if byte == Byte.lineFeed { line += 1 }
      if isInString {
        if byte == Byte.backslash { position += 1 }
        if byte == Byte.quote { isInString = false }
      } else {
        switch byte {
        case Byte.quote: isInString = true
        case Byte.openBrace, Byte.openBracket: depth += 1
        case Byte.comma where depth == 0, Byte.closeBracket where depth == 0: return
        case Byte.closeBrace, Byte.closeBracket: depth -= 1
        default: break
        }
      }
      position += 1
    }
    throw fault("the array does not end")
  }

  private func fault(_ reason: String) -> DataError {
    .invalidJSON(file: file, line: line, reason: reason)
  }
}
