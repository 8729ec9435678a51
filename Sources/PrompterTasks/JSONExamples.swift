// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension ExampleReader {
  /// Reads one object a line.
  func jsonLineExamples(in bytes: [UInt8]) throws -> [Example] {
    try jsonExamples(from: Lines(bytes), of: bytes)
  }

  /// Reads an array of objects, or one object a line.
  func jsonExamples(in bytes: [UInt8]) throws -> [Example] {
    let text = Byte.trimmed(Byte.start(of: bytes)..<bytes.count, of: bytes)
    guard !text.isEmpty, bytes[text.lowerBound] == Byte.openBracket else {
      return try jsonLineExamples(in: bytes)
    }
    var elements = JSONArrayElements(bytes, text, file: file)
    return try jsonExamples(from: elements.all(), of: bytes)
  }

  private func jsonExamples(
    from rows: some Sequence<(range: Range<Int>, number: Int)>, of bytes: [UInt8]
  ) throws -> [Example] {
    var examples: [Example] = []
    var names: JSONNames?
    for (range, line) in rows {
      guard examples.count < limit else { break }
      let data = Data(bytes[range])
      let known = try names ?? self.names(ofFirst: data, line: line)
      let row = try decoding(data, line: line) {
        try JSONDecoder().decode(JSONExample.self, from: $0, configuration: known)
      }
      names = known
      names?.labelKind = row.labelKind
      let label = try checkedLabel(row.label, line: line)
      examples.append(Example(text: row.text, pair: row.pair, label: label, line: line))
    }
    return examples
  }

  /// The names of the fields, told by the first object.
  private func names(ofFirst data: Data, line: Int) throws -> JSONNames {
    let columns = try decoding(data, line: line) {
      try JSONDecoder().decode(JSONColumns.self, from: $0).names
    }
    let roles = try fields.roles(in: columns, file: file, requireLabels: requireLabels)
    return JSONNames(
      text: columns[roles.text], pair: roles.pair.map { columns[$0] },
      label: roles.label.map { columns[$0] } ?? fields.label ?? "label")
  }

  /// Decodes an object, its errors told with the line.
  private func decoding<Row>(
    _ data: Data, line: Int, _ decode: (Data) throws -> Row
  ) throws -> Row {
    do {
      return try repairing(data, decode)
    } catch JSONFieldFault.missing(let field) {
      throw DataError.missingField(file: file, line: line, field: field)
    } catch JSONFieldFault.wrongType(let field, let expected) {
      throw DataError.wrongType(file: file, line: line, field: field, expected: expected)
    } catch DecodingError.typeMismatch {
      throw DataError.invalidJSON(file: file, line: line, reason: "it is another kind of value")
    } catch {
      throw DataError.invalidJSON(file: file, line: line, reason: "its syntax is wrong")
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
