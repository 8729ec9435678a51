// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

/// What stands before an array's values: a magic number, a version, and a dictionary as Python
/// writes it.
///
/// ```
/// \x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (100, 768), }
/// ```
struct NumPyHeader {
  let elementType: ElementType
  let isColumnMajor: Bool
  let extents: [Int]

  /// The length of all that stands before the values.
  let byteCount: Int

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// NumPy's own limit is a tenth of it; nothing but a hostile file comes near.
  private static let longestText = 100_000

  init(_ mapping: MappedFile, file: String) throws {
    var cursor = FileCursor(mapping, in: 0..<mapping.count, part: "its header", file: file)
    guard mapping.bytes(in: 0..<min(6, mapping.count)) == Self.magic else {
      throw CheckpointError.malformed(file: file, reason: "it does not begin as numpy.save's files")
    }
    try cursor.skip(6)
    let version = try cursor.byte()
    let minor = try cursor.byte()
    guard 1...3 ~= version, minor == 0 else {
      throw cursor.failure("version 1.0, 2.0 or 3.0 was expected, not \(version).\(minor)")
    }
    let length = try cursor.size(version == 1 ? 2 : 4)
    guard length <= Self.longestText else {
      throw cursor.failure("at most \(Self.longestText) bytes were expected, not \(length)")
    }
    var fields = Fields(text: try cursor.bytes(length))
    do {
      try fields.read()
    } catch {
      throw cursor.failure(
        "\(error.expected) was expected", at: cursor.position - length + error.position)
    }
    byteCount = cursor.position
    guard let type = fields.type, let isColumnMajor = fields.isColumnMajor,
      let extents = fields.extents
    else { throw cursor.failure("`descr`, `fortran_order` and `shape` were expected") }
    guard let elementType = Self.elementTypes[type] else {
      throw CheckpointError.malformed(
        file: file,
        reason: "its elements are of type `\(shown(type))`; `<f4`, `<f2` or `<f8` was expected")
    }
    self.elementType = elementType
    self.isColumnMajor = isColumnMajor
    self.extents = extents
  }

  /// Where the values lie, nil if there cannot be as many.
  func layout() -> StridedLayout? {
    isColumnMajor
      ? StridedLayout(columnMajor: extents, available: .max)
      : StridedLayout(rowMajor: extents, available: .max)
  }

  private static let elementTypes: [String: ElementType] = [
    "<f2": .float16, "<f4": .float32, "<f8": .float64,
  ]
}

/// The dictionary of a header, in the few forms of Python's literals that NumPy writes.
private struct Fields {
  struct Failure: Error {
    let position: Int
    let expected: String
  }

  private(set) var type: String?
  private(set) var isColumnMajor: Bool?
  private(set) var extents: [Int]?

  private let text: [UInt8]
  private var position = 0

  init(text: [UInt8]) {
    self.text = text
  }

  mutating func read() throws(Failure) {
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where type == nil: type = try description()
      case "fortran_order" where isColumnMajor == nil: isColumnMajor = try boolean()
      case "shape" where extents == nil: extents = try tuple()
      default: throw failure("each of `descr`, `fortran_order` and `shape` once")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == text.count else { throw failure("nothing more") }
  }

  private mutating func string() throws(Failure) -> String {
    skipSpace()
    guard position < text.count, [0x22, 0x27].contains(text[position]) else {
      throw failure("a quoted text")
    }
    let quote = text[position]
    let rest = text[(position + 1)...]
    guard let end = rest.firstIndex(of: quote),
      let string = String(validating: rest[..<end], as: UTF8.self)
    else { throw failure("a quoted text") }
    position = end + 1
    return string
  }

  /// The type's code; arrays of several fields have a list in its place.
  private mutating func description() throws(Failure) -> String {
    skipSpace()
    guard position < text.count, text[position] != UInt8(ascii: "[") else {
      throw failure("one type for all elements")
    }
    return try string()
  }

  private mutating func boolean() throws(Failure) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw failure("`True` or `False`")
  }

  private mutating func tuple() throws(Failure) -> [Int] {
    try expect("(")
    var values: [Int] = []
    while !take(")") {
      values.append(try size())
      if !take(",") {
        try expect(")")
        break
      }
    }
    return values
  }

  private mutating func size() throws(Failure) -> Int {
    skipSpace()
    let digits = text[position...].prefix { 0x30...0x39 ~= $0 }
    guard !digits.isEmpty, let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw failure("a whole number below 2^63")
    }
    position += digits.count
    _ = take("L")  // Python 2 ended long numbers so.
    return value
  }

  private func failure(_ expected: String) -> Failure {
    Failure(position: position, expected: expected)
  }

  private mutating func skipSpace() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: Unicode.Scalar) throws(Failure) {
    guard take(byte) else { throw failure("`\(byte)`") }
  }
}
