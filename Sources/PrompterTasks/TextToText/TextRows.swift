// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// One row of a flat file: the values of the columns asked for, and of the target's.
struct TextRow: Equatable {
  var values: [String: String]
  var targets: [String]
  var line: Int
}

/// Reads the columns that a template names from files of rows.
struct TextRowReader {
  let file: String
  /// The columns, each under all the names that it may have.
  let columns: [(name: String, spellings: [String])]
  let targetNames: [String]
  /// What the columns are called where the first row is no header.
  let headerless: [String]?
  let requireTargets: Bool
  let limit: Int

  /// Where the columns are among a file's own.
  private struct Places {
    var columns: [(name: String, place: Int)]
    var target: Int?
  }

  func rows(in bytes: [UInt8], format: DataFormat) throws -> [TextRow] {
    switch format {
    case .tabSeparated: try tableRows(from: TabSeparatedRows(bytes))
    case .commaSeparated: try tableRows(from: CommaSeparatedRows(bytes, file: file))
    case .json, .jsonLines: try jsonRows(JSONObjects(bytes, file: file, format: format))
    case .trec:
      throw DataError.unsupportedFormat(file: file, fileExtension: ".label")
    }
  }

  private func places(in found: [String]) throws -> Places {
    var places = Places(columns: [])
    for (name, spellings) in columns {
      guard let place = Self.place(of: spellings, in: found) else {
        throw DataError.missingColumn(file: file, field: name, expected: spellings, found: found)
      }
      places.columns.append((name, place))
    }
    places.target = Self.place(of: targetNames, in: found)
    guard places.target != nil || !requireTargets else {
      throw DataError.missingColumn(
        file: file, field: "target", expected: targetNames, found: found)
    }
    return places
  }

  private static func place(of spellings: [String], in found: [String]) -> Int? {
    spellings.lazy.compactMap { Fields.position(of: $0, in: found) }.first
  }
}

extension TextRowReader {
  private func tableRows(from source: some TableRows) throws -> [TextRow] {
    var source = source
    var row = TableRow()
    guard try source.read(into: &row) else { throw DataError.noExamples(file: file) }
    let header = row.columns.indices.map(row.trimmedText)
    var rows: [TextRow] = []
    let places: Places
    if let headerless, header.count == headerless.count,
      columns.allSatisfy({ Self.place(of: $0.spellings, in: header) == nil })
    {
      places = try self.places(in: headerless)
      if limit > 0 { rows.append(textRow(row, places)) }
    } else {
      places = try self.places(in: header)
    }
    while rows.count < limit, try source.read(into: &row) {
      guard row.columns.count == header.count else {
        throw DataError.wrongColumnCount(
          file: file, line: row.line, found: row.columns.count, expected: header.count)
      }
      rows.append(textRow(row, places))
    }
    return rows
  }

  private func textRow(_ row: TableRow, _ places: Places) -> TextRow {
    let values = places.columns.map { ($0.name, row.text($0.place)) }
    return TextRow(
      values: Dictionary(values) { first, _ in first },
      targets: places.target.map { [row.trimmedText($0)] } ?? [], line: row.line)
  }
}

extension TextRowReader {
  private func jsonRows(_ objects: JSONObjects) throws -> [TextRow] {
    var rows: [TextRow] = []
    var names: JSONTextNames?
    for place in try objects.places() {
      guard rows.count < limit else { break }
      let known = try names ?? self.names(ofFirst: place, in: objects)
      names = known
      let object = try objects.decode(place) {
        try JSONDecoder().decode(JSONTextObject.self, from: $0, configuration: known)
      }
      rows.append(TextRow(values: object.values, targets: object.targets, line: place.line))
    }
    return rows
  }

  private func names(
    ofFirst place: JSONObjects.Place, in objects: JSONObjects
  ) throws -> JSONTextNames {
    let found = try objects.decode(place) {
      try JSONDecoder().decode(JSONColumns.self, from: $0).names
    }
    let places = try places(in: found)
    return JSONTextNames(
      columns: places.columns.map { ($0.name, found[$0.place]) },
      target: places.target.map { found[$0] })
  }
}

/// What the fields of an object are called: under which name each column is, and the target.
struct JSONTextNames {
  let columns: [(name: String, field: String)]
  let target: String?
}

/// The fields of an object that a template asks for; what else it holds is not looked at.
struct JSONTextObject: DecodableWithConfiguration {
  let values: [String: String]
  let targets: [String]

  init(from decoder: any Decoder, configuration names: JSONTextNames) throws {
    let container = try decoder.container(keyedBy: JSONName.self)
    values = try Dictionary(
      names.columns.map { ($0.name, try container.text($0.field)) }
    ) { first, _ in first }
    targets = try names.target.map(container.targets) ?? []
  }
}

extension KeyedDecodingContainer where Key == JSONName {
  /// A simple value, or a list of texts.
  fileprivate func targets(_ name: String) throws -> [String] {
    if let texts = try? decode([String].self, forKey: JSONName(stringValue: name)) { return texts }
    return try label(name, trying: .string).0.map { [$0] } ?? []
  }
}
