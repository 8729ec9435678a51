// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// Where the rows of a JSON file are.
///
/// | the file | the rows |
/// | --- | --- |
/// | one object a line, or a list of objects | the objects |
/// | `{"version": 2, "data": [{…}, {…}]}` | the objects of the one list of objects, or of the one that is named |
/// | `{"text": ["a", "b"], "label": [0, 1]}` | the first of each list, the second of each … |
/// | `[["a", 0], ["b", 1]]`, or one list a line | the lists, if their columns are named |
struct JSONRecords {
  private let text: DataText

  private var bytes: [UInt8] { text.bytes }

  /// The rows of a text.
  init(_ text: DataText) {
    self.text = text
  }

  func rows() throws -> DataText.Rows {
    let content = Byte.trimmed(Byte.start(of: bytes)..<bytes.count, of: bytes)
    guard text.format == .json || text.form.records != nil, !content.isEmpty,
      bytes[content.lowerBound] == Byte.openBrace,
      let root = try? SpelledJSON(bytes, in: content)
    else {
      if text.form.records != nil { throw fault("is not one JSON object") }
      return try rows(in: nil)
    }
    if let path = text.form.records { return try rows(of: value(at: path, of: root)) }
    return try found(in: root).map(rows) ?? rows(in: nil)
  }

  /// The objects of a list, or of all lines or the list that the text is.
  private func rows(in list: Range<Int>?) throws -> DataText.Rows {
    let objects = JSONObjects(bytes, file: text.file, format: text.format, list: list)
    guard let names = text.form.columns else { return .objects(objects) }
    let places = try objects.places()
    guard let first = places.first, !first.range.isEmpty,
      bytes[first.range.lowerBound] == Byte.openBracket
    else {
      guard places.isEmpty else { throw hasNames }
      return .objects(objects)
    }
    let rows = JSONListRows(bytes, places: places, file: text.file)
    return .table(NamedRows(rows, names: names, file: text.file))
  }

  private func rows(of value: SpelledJSON) throws -> DataText.Rows {
    if value.kind == .array { return try rows(in: value.place) }
    guard let lists = lists(of: value) else {
      throw fault("holds \(value.kind == .object ? "an object" : "a value") there, not a list")
    }
    guard text.form.columns == nil else { throw hasNames }
    return .table(try JSONColumnRows(bytes, lists: lists, file: text.file))
  }

  // The members of an object of lists, all of simple values.
  private func lists(of value: SpelledJSON) -> [(name: String, place: Range<Int>)]? {
    guard let members = value.members, !members.isEmpty,
      members.allSatisfy({ $0.value.isListOfSimpleValues })
    else { return nil }
    return members.map { ($0.key, $0.value.place) }
  }
}

extension JSONRecords {
  private var hasNames: DataError {
    .misread(file: text.file, .unfit(format: text.format, has: "column to name"))
  }

  private func fault(_ reason: String) -> DataError {
    .misread(file: text.file, .noRecords(reason: reason))
  }

  // Names may hold points themselves, so the longest that fits is tried first.
  private func value(at path: String, of root: SpelledJSON) throws -> SpelledJSON {
    var (value, rest) = (root, path.split(separator: ".").map(String.init)[...])
    while !rest.isEmpty {
      let members = value.members ?? []
      let steps = (1...rest.count).reversed().first { count in
        let name = rest.prefix(count).joined(separator: ".")
        return members.contains { $0.key.utf8.elementsEqual(name.utf8) }
      }
      guard let steps else {
        let names = members.isEmpty ? "nothing" : DataError.listed(members.map(\.key))
        throw fault("has no records at \(DataError.quoted(path)); there it holds \(names)")
      }
      let name = rest.prefix(steps).joined(separator: ".")
      value = members.last { $0.key.utf8.elementsEqual(name.utf8) }?.value ?? value
      rest = rest.dropFirst(steps)
    }
    return value
  }

  /// The member of an object that holds the rows, or the object itself if it holds columns.
  private func found(in root: SpelledJSON) throws -> SpelledJSON? {
    if lists(of: root) != nil { return root }
    let members = root.members ?? []
    // What says anything of its own is a row.
    let known = members.contains { Fields.isUsual($0.key) && $0.value.kind != .array }
    let lists = known ? [] : members.filter { $0.value.isListOfRows }
    guard lists.count <= 1 else {
      throw fault("holds several lists of rows: \(DataError.listed(lists.map(\.key)))")
    }
    if let list = lists.first { return list.value }
    if !known, let holder = members.first(where: { $0.value.holdsRows }) {
      throw fault("holds no list of rows but in \(DataError.quoted(holder.key))")
    }
    return nil
  }
}

extension SpelledJSON {
  fileprivate var isListOfSimpleValues: Bool {
    elements?.allSatisfy { $0.kind != .array && $0.kind != .object } == true
  }

  fileprivate var isListOfRows: Bool {
    guard let first = elements?.first else { return false }
    return first.kind == .object || first.kind == .array
  }

  fileprivate var holdsRows: Bool { members?.contains { $0.value.isListOfRows } == true }

  /// What a cell of a table says.
  fileprivate func cell(_ fault: (String) -> DataError) throws -> [UInt8] {
    switch kind {
    case .string: Array((string ?? "").utf8)
    case .number, .bool: Array(spelling.utf8)
    case .null: []
    case .array, .object: throw fault("a string, a number or a boolean")
    }
  }
}

/// Rows that are lists of values.
struct JSONListRows: TableRows {
  private let objects: JSONObjects
  private var places: ArraySlice<JSONObjects.Place>
  private let file: String

  init(_ bytes: [UInt8], places: [JSONObjects.Place], file: String) {
    objects = JSONObjects(bytes, file: file, format: .json)
    self.places = places[...]
    self.file = file
  }

  mutating func read(into row: inout TableRow) throws -> Bool {
    guard let place = places.popFirst() else { return false }
    let value = try objects.value(at: place)
    guard let elements = value.elements else {
      throw DataError.misread(
        file: file, .noRecords(reason: "holds no list in line \(place.line), as it does above"))
    }
    let cells = try elements.enumerated().map { index, element in
      try element.cell {
        .wrongType(file: file, line: place.line, field: "\(index + 1)", expected: $0)
      }
    }
    row = TableRow(cells, line: place.line)
    return true
  }
}

/// Rows made of lists that each hold a column.
struct JSONColumnRows: TableRows {
  private let objects: JSONObjects
  private let columns: [(name: String, places: [JSONObjects.Place])]
  private let file: String
  private var next = -1

  init(_ bytes: [UInt8], lists: [(name: String, place: Range<Int>)], file: String) throws {
    objects = JSONObjects(bytes, file: file, format: .json)
    self.file = file
    // The lists come in the order of the file, so that its lines are counted once.
    var start = (position: 0, line: 1)
    columns = try lists.map { name, place in
      var elements = JSONArrayElements(bytes, place, file: file, from: start)
      let places = try elements.all().map { JSONObjects.Place(range: $0.range, line: $0.number) }
      start = (place.upperBound, elements.line)
      return (name: name, places: places)
    }
    let counts = columns.map(\.places.count)
    guard let first = counts.first, counts.allSatisfy({ $0 == first }) else {
      let sizes = zip(columns, counts).map { "\(DataError.quoted($0.name)) \($1)" }
      throw DataError.misread(
        file: file,
        .noRecords(
          reason: "holds lists of unequal length: " + sizes.prefix(6).joined(separator: ", ")))
    }
  }

  mutating func read(into row: inout TableRow) throws -> Bool {
    defer { next += 1 }
    guard next >= 0 else {
      row = TableRow(columns.map(\.name), line: 1)
      return true
    }
    guard let first = columns.first, next < first.places.count else { return false }
    let cells = try columns.map { name, places in
      try objects.value(at: places[next]).cell {
        .wrongType(file: file, line: places[next].line, field: name, expected: $0)
      }
    }
    row = TableRow(cells, line: first.places[next].line)
    return true
  }
}
