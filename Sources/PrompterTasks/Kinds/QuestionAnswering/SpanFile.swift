// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Reads questions about texts from the forms that their files have.
struct SpanFile {
  /// The path as messages name it.
  let file: String
  private let url: URL
  private let form: FileForm
  private let limit: Int
  private let fields: Fields

  /// What of the file was not read.
  private(set) var omissions = Omissions()
  /// Whether the file holds articles, whose questions do not start on lines of their own.
  private(set) var isNested = false
  /// The examples with an answer that was found elsewhere than the file says.
  private(set) var moved: [Int] = []

  private var examples: [SpanExample] = []
  private var context: (text: String, finder: AnswerFinder)?

  init(_ file: ExampleFile, fields: Fields) {
    (self.file, url) = (file.url.relativePath, file.url)
    self.fields = fields
    form = file.form
    limit = file.mostExamples
    omissions.read = Fields(
      text: fields.text ?? SpanDataset.columns.text, pair: fields.pair ?? SpanDataset.columns.pair,
      label: fields.label ?? SpanDataset.columns.label)
  }

  private typealias Answers = [(text: String, start: Int?)]

  // What each column is called.
  private var names: (question: [String], context: [String], answers: [String]) {
    (
      fields.text.map { [$0] } ?? ["question"], fields.pair.map { [$0] } ?? ["context"],
      fields.label.map { [$0] } ?? ["answers", "answer"]
    )
  }

  /// The examples of a file's bytes, the first ones up to the limit.
  mutating func examples(in bytes: [UInt8]) throws -> [SpanExample] {
    let format = try form.format ?? DataFormat(of: url)
    let text = try DataText(bytes, format: format, form: form, file: file)
    switch try text.rows() {
    case .table: try readTable(text)
    case .objects(let objects): try read(objects)
    }
    return examples
  }

  private mutating func add(
    _ question: String, _ context: String, _ answers: Answers?, id: String?, line: Int
  ) {
    if self.context?.text.utf8.elementsEqual(context.utf8) != true {
      self.context = (context, AnswerFinder(context))
    }
    var isMoved = false
    let found = answers?.filter { !$0.text.isEmpty }.map { answer in
      let start = self.context?.finder.start(of: answer.text, stated: answer.start)
      if let stated = answer.start, let start, start != stated { isMoved = true }
      return SpanExample.Answer(text: answer.text, start: start)
    }
    if isMoved { moved.append(examples.count) }
    examples.append(
      SpanExample(
        question: question, context: self.context?.text ?? context, answers: found, id: id,
        line: line))
  }
}

// MARK: - Tables

extension SpanFile {
  private mutating func readTable(_ text: DataText) throws {
    let given = text.hasGivenNames
    let reader = TextRowReader(
      file: file,
      columns: [
        ("question", names.question + (given ? ["text"] : [])),
        ("context", names.context + (given ? ["pair"] : [])),
      ],
      extras: ["answer_start", "id"],
      targetNames: fields.label.map { [$0] } ?? ["answer"] + (given ? ["label"] : []),
      headerless: nil, requireTargets: false, limit: limit)
    for row in try reader.rows(in: text, &omissions) {
      let start = row.values["answer_start"].flatMap { Int($0) }
      add(
        row.values["question"] ?? "", row.values["context"] ?? "",
        row.targets.isEmpty ? nil : row.targets.map { ($0, start) }, id: row.values["id"],
        line: row.line)
    }
  }
}

// MARK: - JSON

extension SpanFile {
  private mutating func read(_ objects: JSONObjects) throws {
    var known: (question: String, context: String, answers: String?)?
    for place in try objects.places() where examples.count < limit {
      let object = try objects.object(at: place)
      if object.memberIfPresent("paragraphs")?.isList == true {
        isNested = true
        try readArticle(object, line: place.line)
        continue
      }
      let names = try known ?? self.names(ofFirst: object)
      known = names
      add(
        try object.member(names.question).text(), try object.member(names.context).text(),
        try answers(of: object, named: names.answers),
        id: object.memberIfPresent("id")?.spelling, line: place.line)
    }
  }

  private mutating func readArticle(_ article: JSONField, line: Int) throws {
    for field in try SQuADParagraph.fields(of: article) {
      let paragraph = try SQuADParagraph(field)
      for question in paragraph.questions {
        guard examples.count < limit else { return }
        add(
          question.text, paragraph.context,
          try question.isImpossible() ? [] : question.answers(), id: question.id, line: line)
      }
    }
  }

  private mutating func names(
    ofFirst object: JSONField
  ) throws -> (question: String, context: String, answers: String?) {
    let found = object.names
    func place(of field: String, _ names: [String]) throws -> Int {
      guard let place = names.lazy.compactMap({ Fields.position(of: $0, in: found) }).first else {
        throw DataError.missingColumn(file: file, field: field, expected: names, found: found)
      }
      return place
    }
    let question = try place(of: "question", names.question)
    let context = try place(of: "context", names.context)
    let answers = try? place(of: "answers", names.answers)
    let read = ["id", "answer_start", "is_impossible"]
    omissions.columns = found.indices.filter {
      $0 != question && $0 != context && $0 != answers && !read.contains(found[$0])
    }.map { found[$0] }
    return (found[question], found[context], answers.map { found[$0] })
  }

  private func answers(of object: JSONField, named name: String?) throws -> Answers? {
    if try object.memberIfPresent("is_impossible")?.truth() == true { return [] }
    guard let field = name.flatMap(object.memberIfPresent) else { return nil }
    let start = object.memberIfPresent("answer_start")
    if field.isObject {
      // One object of lists, as `datasets` writes them.
      let texts = try field.member("text")
      return try texts.answers(startingAt: field.memberIfPresent("answer_start"))
    }
    return try field.answers(startingAt: start)
  }
}

extension JSONField {
  /// A text, or a list of texts or of objects with one, and where each starts if that is said.
  fileprivate func answers(startingAt starts: JSONField?) throws -> [(text: String, start: Int?)] {
    func integer(_ field: JSONField?) -> Int? { try? field?.integer() }
    guard isList else {
      return [(try label(), integer(starts))]
    }
    let elements = try elements()
    let places = starts?.isList == true ? try starts?.elements() ?? [] : []
    return try elements.enumerated().map { index, element in
      element.isObject
        ? (
          try element.member("text").text(), integer(element.memberIfPresent("answer_start"))
        )
        : (
          try element.text(),
          places.indices.contains(index)
            ? integer(places[index]) : elements.count == 1 ? integer(starts) : nil
        )
    }
  }
}
