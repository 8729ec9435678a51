// SPDX-License-Identifier: Apache-2.0

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
  /// Columns that need not be there, and whose values need not be texts.
  var extras: [String] = []
  /// Whether a column is read beside these, which each row may have or not.
  var alsoReads: (String) -> Bool = { _ in false }
  let targetNames: [String]
  /// What messages call it.
  var targetRole = "target"
  /// What the columns are called where the first row is no header.
  let headerless: PublishedColumns?
  let requireTargets: Bool
  let limit: Int
  /// Whether rows that do not fit the header are passed over.
  var passesOverBadRows = false

  /// Where the columns are among a file's own.
  private struct Places {
    var columns: [(name: String, place: Int)] = []
    var extras: [(name: String, place: Int)] = []
    var target: Int?
  }

  func rows(in text: DataText, _ omissions: inout Omissions) throws -> [TextRow] {
    switch try text.rows() {
    case .table(let rows): try tableRows(from: rows, &omissions)
    case .objects(let objects): try jsonRows(objects, &omissions)
    }
  }

  private func isKnown(_ column: String) -> Bool {
    let own = columns.flatMap(\.spellings) + targetNames
    return Fields.position(of: column, in: own) != nil || Fields.isUsual(column)
  }

  private func places(in found: [String], _ omissions: inout Omissions) throws -> Places {
    var places = Places()
    for (name, spellings) in columns {
      guard let place = Self.place(of: spellings, in: found) else {
        throw DataError.missingColumn(file: file, field: name, expected: spellings, found: found)
      }
      places.columns.append((name, place))
    }
    places.extras = extras.compactMap { name in
      Self.place(of: [name], in: found).map { (name, $0) }
    }
    places.extras += found.indices.filter { alsoReads(found[$0]) }.map { (found[$0], $0) }
    places.target = Self.place(of: targetNames, in: found)
    guard places.target != nil || !requireTargets else {
      throw DataError.missingColumn(
        file: file, field: targetRole, expected: targetNames, found: found)
    }
    let read = Set((places.columns + places.extras).map(\.place) + [places.target ?? -1])
    omissions.columns = found.indices.filter { !read.contains($0) }.map { found[$0] }
    return places
  }

  private static func place(of spellings: [String], in found: [String]) -> Int? {
    spellings.lazy.compactMap { Fields.position(of: $0, in: found) }.first
  }
}

extension TextRowReader {
  private func tableRows(
    from source: some TableRows, _ omissions: inout Omissions
  ) throws -> [TextRow] {
    var source = PublishedRows(source, headerless) { header in
      columns.contains { Self.place(of: $0.spellings, in: header) != nil }
    }
    var row = TableRow()
    guard try source.read(into: &row) else { throw DataError.noExamples(file: file) }
    let header = row.columns.indices.map(row.trimmedText)
    var rows: [TextRow] = []
    let places: Places
    do {
      places = try self.places(in: header, &omissions)
    } catch let error as DataError {
      throw error.ofTable(source, isKnown: isKnown)
    }
    var misfit: DataError?
    while rows.count < limit, try source.read(into: &row) {
      if row.columns.count == header.count {
        rows.append(textRow(row, places))
        continue
      }
      let fault = source.misfit(row, file: file, width: header.count)
      guard passesOverBadRows else { throw fault }
      misfit = misfit ?? fault
      omissions.passOver(line: row.line)
    }
    // Where no row fits it is the header that is wrong.
    if rows.isEmpty, let misfit { throw misfit }
    return rows
  }

  private func textRow(_ row: TableRow, _ places: Places) -> TextRow {
    let values = (places.columns + places.extras).map { ($0.name, row.text($0.place)) }
    return TextRow(
      values: Dictionary(values) { first, _ in first },
      targets: places.target.map { [row.trimmedText($0)] } ?? [], line: row.line)
  }
}

extension TextRowReader {
  /// What the fields of an object are called: under which name each column is, and the target.
  private struct Names {
    var columns: [(name: String, field: String)]
    var extras: [(name: String, field: String)]
    var target: String?
  }

  private func jsonRows(
    _ objects: JSONObjects, _ omissions: inout Omissions
  ) throws -> [TextRow] {
    var rows: [TextRow] = []
    var names: Names?
    for place in try objects.places() {
      guard rows.count < limit else { break }
      let object = try objects.object(at: place)
      let known = try names ?? self.names(ofFirst: object, &omissions)
      names = known
      let texts = try known.columns.map { ($0.name, try object.member($0.field).text()) }
      let own = object.names.filter(alsoReads).map { ($0, $0) }
      let extras = (known.extras + own).compactMap { name, field in
        object.memberIfPresent(field).map { (name, $0.spelling) }
      }
      rows.append(
        TextRow(
          values: Dictionary(texts + extras) { first, _ in first },
          targets: try known.target.flatMap(object.memberIfPresent)?.targets() ?? [],
          line: place.line))
    }
    return rows
  }

  private func names(ofFirst object: JSONField, _ omissions: inout Omissions) throws -> Names {
    let found = object.names
    let places = try places(in: found, &omissions)
    return Names(
      columns: places.columns.map { ($0.name, found[$0.place]) },
      extras: places.extras.map { ($0.name, found[$0.place]) },
      target: places.target.map { found[$0] })
  }
}

extension JSONField {
  /// A simple value, or a list of texts; SQuAD's answers, whose texts are beside their places.
  fileprivate func targets() throws -> [String] {
    if isList { return try texts() }
    if let texts = memberIfPresent("text"), texts.isList { return try texts.texts() }
    return [try label()]
  }
}
