// SPDX-License-Identifier: Apache-2.0

/// Reads sentences from columns: a word a line, blank lines between sentences.
///
/// Tabs separate the columns if the first line has any, else blanks, however many. Lines of
/// documents and comments, as CoNLL's files have them, end a sentence and are passed over.
struct TagColumns {
  /// The path as messages name it.
  let file: String
  let task: TaskDescription
  /// What a user calls the columns.
  let names: ColumnNames?
  let delimiter: Delimiter?
  let requiresTags: Bool
  let limit: Int

  /// A line of a sentence.
  private struct Row {
    let line: Int
    let cells: [String]
  }

  private var tagging: TaggingDescription { task.tagging ?? TaggingDescription() }

  /// The sentences of a text, with a sentence for each predicate where the task asks about them.
  ///
  /// - Throws: ``DataError`` for a line that has other columns than the one before it, or too few.
  func sentences(
    in bytes: [UInt8], noting omissions: inout Omissions
  ) throws -> [TaggedSentence] {
    var sentences: [TaggedSentence] = []
    var places: Places?
    try forEachSentence(of: bytes) { rows in
      let known = try places ?? self.places(in: rows[0])
      places = known
      try check(rows, known)
      let found = try self.sentences(of: rows, known)
      if found.isEmpty { omissions.passOver(line: rows[0].line, because: .noPredicate) }
      sentences += found.prefix(limit - sentences.count)
      return sentences.count < limit
    }
    guard !tagging.marksPredicate else { return sentences }
    return try BracketTags.tagged(sentences, file: file)
  }

  // Told of one sentence after another until it has enough.
  private func forEachSentence(
    of bytes: [UInt8], _ goesOn: (_ rows: [Row]) throws -> Bool
  ) throws {
    var (rows, last) = ([Row](), 0)
    var separator: UInt8?
    for (range, number) in Lines(bytes) {
      let line = bytes[range]
      let isNew = number != last + 1
      let isMark = Self.isMark(line, startsSentence: rows.isEmpty || isNew)
      if isNew || isMark, !rows.isEmpty {
        guard try goesOn(rows) else { return }
        rows = []
      }
      guard !isMark else { continue }
      let byte = separator ?? (line.contains(Byte.tab) ? Byte.tab : Byte.space)
      separator = byte
      rows.append(Row(line: number, cells: cells(of: line, separator: byte)))
      last = number
    }
    if !rows.isEmpty { _ = try goesOn(rows) }
  }

  private func cells(of line: ArraySlice<UInt8>, separator: UInt8) -> [String] {
    let parts: [ArraySlice<UInt8>]
    if let delimiter, delimiter != .space {
      parts = line.split(onEach: delimiter.bytes)
    } else if separator == Byte.tab, delimiter == nil {
      parts = Byte.trimmed(line).split(
        separator: Byte.tab, omittingEmptySubsequences: false)
    } else {
      parts = line.split(whereSeparator: Byte.isBlank)
    }
    return parts.map { String(decoding: Byte.trimmed($0), as: UTF8.self) }
  }

  private static let comments = [
    "# id ", "# sent_id ", "# text =", "# newdoc", "# newpar", "# global.columns",
  ].map { Array($0.utf8) }
  private static let documents = ["-DOCSTART-", "#begin document", "#end document"].map {
    Array($0.utf8)
  }

  // A line of blanks or of no word: between documents, or what is told of a sentence before it.
  private static func isMark(_ line: ArraySlice<UInt8>, startsSentence: Bool) -> Bool {
    line.allSatisfy(Byte.isBlank) || documents.contains { line.starts(with: $0) }
      || startsSentence && comments.contains { line.starts(with: $0) }
  }
}

// MARK: - Columns

extension TagColumns {
  /// Where a file has its words and tags, counted from 0.
  private struct Places {
    let word: Int
    /// Nil where a sentence has several, one for each predicate, or none at all.
    let tag: Int?
    /// How many columns each row has, if all have as many.
    let width: Int?
  }

  private func places(in row: Row) throws -> Places {
    let columns = row.cells.indices.map { "\($0 + 1)" }
    let header = try names?.header(of: TableRow(row.cells, line: row.line), file: file) ?? columns
    func place(_ role: String, _ said: String?, _ number: Int?, _ usual: [String]) throws -> Int? {
      guard let name = said else {
        let found =
          names == nil ? nil : usual.lazy.compactMap { Fields.position(of: $0, in: header) }.first
        return found ?? number.map { $0 - 1 }
      }
      if let found = Fields.position(of: name, in: header) { return found }
      if let number = Int(name), number > 0 { return number - 1 }
      // The column of a file of JSON, which this one is not.
      guard names != nil else { return number.map { $0 - 1 } }
      throw DataError.missingColumn(file: file, field: role, expected: [name], found: header)
    }
    let word = try place(
      "words", task.fields.text, tagging.wordColumn, ["text", "word"] + TaggedObjects.wordNames)
    let tag = try place(
      "tags", task.fields.label, tagging.tagColumn, ["label", "tag"] + TaggedObjects.tagNames)
    let own = word ?? 0
    guard !tagging.marksPredicate else { return Places(word: own, tag: nil, width: nil) }
    let last = row.cells.count - 1
    let place = tag ?? (requiresTags || last > own ? last : nil)
    guard place != own || !requiresTags else {
      throw DataError.malformedExample(
        file: file, line: row.line,
        reason: "there is one column, and a word and its tag should stand there")
    }
    return Places(
      word: own, tag: place == own ? nil : place, width: tag == nil ? row.cells.count : nil)
  }

  private func check(_ rows: [Row], _ places: Places) throws {
    let width = places.width ?? rows[0].cells.count
    let least = max(places.word, places.tag ?? 0) + 1
    for row in rows {
      guard row.cells.count == width else {
        throw DataError.misread(
          file: file,
          .unevenRow(line: row.line, found: row.cells.count, first: width))
      }
      guard row.cells.count >= least, places.word >= 0, places.tag ?? 0 >= 0 else {
        throw DataError.malformedExample(
          file: file, line: row.line,
          reason: "it has \(DataError.count(row.cells.count, "column")), and "
            + (places.tag.map { "the tag should stand in column \($0 + 1)" }
              ?? "the word should stand in column \(places.word + 1)"))
      }
    }
  }

  private func sentences(of rows: [Row], _ places: Places) throws -> [TaggedSentence] {
    let words = rows.map { $0.cells[places.word] }
    func sentence(_ tags: [String]?, _ predicate: String? = nil) -> TaggedSentence {
      var sentence = TaggedSentence(
        words: words, tags: tags, predicate: predicate, line: rows[0].line)
      sentence.hasLines = true
      return sentence
    }
    guard tagging.marksPredicate else {
      return [sentence(places.tag.map { tag in rows.map { $0.cells[tag] } })]
    }
    return try BracketTags.argumentColumns(of: rows.map(\.cells)).map { column in
      let tags = try BracketTags.tags(
        of: rows.map { $0.cells[column] }, file: file, firstLine: rows[0].line)
      let verb = tags.firstIndex { $0 == "B-V" } ?? 0
      return sentence(tags, words[verb])
    }
  }
}

extension ArraySlice<UInt8> {
  /// The parts between each of some bytes in their order.
  fileprivate func split(onEach separator: [UInt8]) -> [ArraySlice<UInt8>] {
    var (parts, start, place) = ([ArraySlice<UInt8>](), startIndex, startIndex)
    while place < endIndex {
      if self[place...].starts(with: separator) {
        parts.append(self[start..<place])
        place += separator.count
        start = place
      } else {
        place += 1
      }
    }
    return parts + [self[start...]]
  }
}
