// SPDX-License-Identifier: Apache-2.0

/// Reads the fields of a protocol buffer message, one after the other.
///
/// Only the wire format is known here: a field is a number and a value whose kind is a varint,
/// four or eight bytes, or bytes with their count. Every count is checked against what is left.
struct ProtobufReader {
  /// The value of a field.
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(Range<Int>)
  }

  private let bytes: [UInt8]
  private let end: Int
  private let file: String
  private(set) var position: Int

  /// A reader of the message in a range of a file's bytes.
  init(_ bytes: [UInt8], _ range: Range<Int>, file: String) {
    self.bytes = bytes
    self.file = file
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next field, or nothing at the end of the message.
  mutating func next() throws -> (field: Int, value: Value)? {
    guard position < end else { return nil }
    let start = position
    let key = try varint()
    guard key >> 3 > 0, key >> 3 < 1 << 29 else {
      throw wrong(start, "field \(key >> 3)", "a field from 1 to \((1 << 29) - 1)")
    }
    let field = Int(key >> 3)
    switch key & 7 {
    case 0: return (field, .varint(try varint()))
    case 1: return (field, .fixed64(try fixed(8)))
    case 2: return (field, .bytes(try counted()))
    case 5: return (field, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw wrong(start, "a field of kind \(key & 7)", "kind 0, 1, 2 or 5")
    }
  }

  private mutating func varint() throws -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard position < end else { throw wrong(start, "the end of the message", "a number") }
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw wrong(start, "a number of more than 64 bits", "at most 64")
  }

  private mutating func fixed(_ count: Int) throws -> UInt64 {
    guard end - position >= count else {
      throw wrong(position, "\(end - position) bytes", "\(count)")
    }
    let value = (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[position + $1]) << ($1 * 8) }
    position += count
    return value
  }

  private mutating func counted() throws -> Range<Int> {
    let start = position
    let count = try varint()
    guard count <= UInt64(end - position) else {
      throw wrong(start, "a count of \(count) bytes", "at most the \(end - position) that follow")
    }
    let range = position..<position + Int(count)
    position = range.upperBound
    return range
  }

  /// An error at a byte of the file.
  func wrong(_ place: Int, _ found: String, _ expected: String) -> TokenizerError {
    .malformed(file: file, place: "byte \(place)", found: found, expected: expected)
  }
}
