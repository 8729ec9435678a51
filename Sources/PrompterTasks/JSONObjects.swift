// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The objects of a JSON file, decoded one by one so that each error names its line.
struct JSONObjects {
  /// Where an object is.
  struct Place {
    var range: Range<Int>
    var line: Int
  }

  let bytes: [UInt8]
  let file: String
  let format: DataFormat

  init(_ bytes: [UInt8], file: String, format: DataFormat) {
    self.bytes = bytes
    self.file = file
    self.format = format
  }

  /// Where the objects are: one a line, or the elements of an array.
  func places() throws -> [Place] {
    let text = Byte.trimmed(Byte.start(of: bytes)..<bytes.count, of: bytes)
    guard format == .json, !text.isEmpty, bytes[text.lowerBound] == Byte.openBracket else {
      return Lines(bytes).map { Place(range: $0.range, line: $0.number) }
    }
    var elements = JSONArrayElements(bytes, text, file: file)
    return try elements.all().map { Place(range: $0.range, line: $0.number) }
  }

  /// Decodes an object as a type.
  func decode<Row: Decodable>(_ place: Place, _ type: Row.Type) throws -> Row {
    try decode(place) { try JSONDecoder().decode(type, from: $0) }
  }

  /// Decodes an object, its errors told with the line.
  func decode<Row>(_ place: Place, _ decode: (Data) throws -> Row) throws -> Row {
    let line = place.line
    do {
      return try repairing(Data(bytes[place.range]), decode)
    } catch JSONFieldFault.missing(let field) {
      throw DataError.missingField(file: file, line: line, field: field)
    } catch JSONFieldFault.wrongType(let field, let expected) {
      throw DataError.wrongType(file: file, line: line, field: field, expected: expected)
    } catch DecodingError.keyNotFound(let key, let context) {
      let field = Self.path(context.codingPath + [key])
      throw DataError.missingField(file: file, line: line, field: field)
    } catch DecodingError.typeMismatch(let type, let context) {
      throw wrongType(type, at: context.codingPath, line: line)
    } catch DecodingError.valueNotFound(let type, let context) {
      throw wrongType(type, at: context.codingPath, line: line)
    } catch {
      throw DataError.invalidJSON(file: file, line: line, reason: "its syntax is wrong")
    }
  }

  private func wrongType(
    _ type: Any.Type, at path: [any CodingKey], line: Int
  ) -> DataError {
    guard !path.isEmpty else {
      return .invalidJSON(file: file, line: line, reason: "it is another kind of value")
    }
    let expected =
      switch type {
      case is String.Type: "a string"
      case is Bool.Type: "a boolean"
      case is Int.Type: "a whole number"
      case is [Any].Type: "a list"
      default: "an object"
      }
    return .wrongType(file: file, line: line, field: Self.path(path), expected: expected)
  }

  // As in `passage.questions[2].answers`.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return "\(path)[\(index)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }

  /// Decodes the bytes as they are, or else with what is not UTF-8 replaced.
  private func repairing<Row>(_ data: Data, _ decode: (Data) throws -> Row) throws -> Row {
    do {
      return try decode(data)
    } catch DecodingError.dataCorrupted {
      return try decode(Data(String(decoding: data, as: UTF8.self).utf8))
    }
  }
}
