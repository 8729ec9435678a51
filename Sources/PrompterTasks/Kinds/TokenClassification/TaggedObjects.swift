// SPDX-License-Identifier: Apache-2.0

/// Reads sentences from objects of JSON with a list of words and one of as many tags.
struct TaggedObjects {
  /// The path as messages name it.
  let file: String
  let task: TaskDescription
  let requiresTags: Bool
  let limit: Int

  /// The names of a list of words where none is named.
  static let wordNames = ["tokens", "words"]
  /// The names of a list of tags where none is named.
  static let tagNames = ["ner_tags", "tags", "labels"]

  private struct Names {
    let words: String
    let tags: String?
    let predicate: String
  }

  /// The sentences of a text.
  ///
  /// - Throws: ``DataError`` for an object without words or with another number of tags.
  func sentences(
    in objects: JSONObjects, noting omissions: inout Omissions
  ) throws -> [TaggedSentence] {
    var (sentences, names) = ([TaggedSentence](), Names?.none)
    for place in try objects.places() {
      guard sentences.count < limit else { break }
      let row = try objects.object(at: place)
      let known = try names ?? self.names(ofFirst: row, &omissions)
      names = known
      sentences.append(try sentence(of: row, known, line: place.line))
    }
    return sentences
  }

  private func names(ofFirst row: JSONField, _ omissions: inout Omissions) throws -> Names {
    let columns = row.names
    func name(_ role: String, _ said: String?, _ usual: [String]) throws -> String? {
      let expected = said.map { [$0] } ?? usual
      let place = expected.lazy.compactMap { Fields.position(of: $0, in: columns) }.first
      if let place { return columns[place] }
      guard role == "words" || requiresTags else { return nil }
      throw DataError.missingColumn(file: file, field: role, expected: expected, found: columns)
    }
    let names = Names(
      words: try name("words", task.fields.text, Self.wordNames) ?? "",
      tags: try name("tags", task.fields.label, Self.tagNames),
      predicate: task.fields.pair ?? "predicate")
    let read = [names.words, names.tags, asksAboutWord ? names.predicate : nil]
    omissions.columns = columns.filter { !read.contains($0) }
    return names
  }

  private var asksAboutWord: Bool { task.tagging?.marksPredicate == true }

  private func sentence(of row: JSONField, _ names: Names, line: Int) throws -> TaggedSentence {
    let words = try row.member(names.words).texts()
    let field = names.tags.flatMap(row.memberIfPresent)
    let tags = try field?.elements().map { try tag($0, line: line) }
    guard tags != nil || !requiresTags else {
      throw DataError.missingLabel(file: file, line: line)
    }
    if let tags, tags.count != words.count {
      throw fault("\(words.count) words have \(tags.count) tags", line)
    }
    var sentence = TaggedSentence(words: words, tags: tags, line: line)
    if asksAboutWord {
      sentence.predicate = try predicate(row.member(names.predicate), among: words, line: line)
    }
    return sentence
  }

  // A tag, or a whole number that means one.
  private func tag(_ field: JSONField, line: Int) throws -> String {
    let spelled = try field.label()
    guard let names = task.tagging?.names, let number = try? field.integer() else { return spelled }
    guard names.indices.contains(number) else {
      throw fault("the tag \(spelled) has no name among \(names.count)", line)
    }
    return names[number]
  }

  // The word itself or its place, counted from 0.
  private func predicate(
    _ field: JSONField, among words: [String], line: Int
  ) throws -> String {
    guard let place = try? field.integer() else { return try field.text() }
    guard words.indices.contains(place) else {
      throw fault("the predicate is word \(place) of \(words.count), counted from 0", line)
    }
    return words[place]
  }

  private func fault(_ reason: String, _ line: Int) -> DataError {
    .malformedExample(file: file, line: line, reason: reason)
  }
}
