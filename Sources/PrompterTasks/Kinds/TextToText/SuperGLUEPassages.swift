// SPDX-License-Identifier: Apache-2.0

extension TextToTextReader {
  /// MultiRC: whether an answer to a question on a paragraph is right, for each answer.
  func multiRCExamples(in objects: JSONObjects) throws -> [TextToTextExample] {
    var examples: [TextToTextExample] = []
    var budget = InputBudget(file: file, fileSize: objects.bytes.count)
    for place in try objects.places() where examples.count < limit {
      for answer in try JudgedAnswer.all(in: objects.object(at: place), line: place.line) {
        let example = try example(
          of: answer,
          [
            "paragraph": answer.paragraph, "question": answer.question, "answer": answer.answer,
          ])
        try budget.add(example.input, line: example.line)
        examples.append(example)
      }
    }
    return examples
  }

  /// The same of flat rows, one for each answer; those of one question are scored together.
  func multiRCExamples(inRows rows: [TextRow]) throws -> [TextToTextExample] {
    // An own template may have other columns.
    try zip(rows, JudgedAnswer.all(in: rows)).map { row, answer in
      try example(of: answer, row.values.mapValues(JudgedAnswer.withoutMarkup))
    }
  }

  private func example(
    of answer: JudgedAnswer, _ values: [String: String]
  ) throws -> TextToTextExample {
    let target = try answer.label.flatMap { try spelling.target(of: $0, line: answer.line) }
    return example(
      values, targets: target.map { [$0] } ?? [], group: answer.group, line: answer.line)
  }

  /// ReCoRD: the entity of a passage that fills a query's gap.
  func recordExamples(in objects: JSONObjects) throws -> [TextToTextExample] {
    try EntityQuery.check(objects)
    var examples: [TextToTextExample] = []
    var budget = InputBudget(file: file, fileSize: objects.bytes.count)
    for place in try objects.places() where examples.count < limit {
      let row = try objects.object(at: place)
      for query in try EntityQuery.all(in: row, file: file, line: place.line) {
        for example in self.examples(of: query) {
          try budget.add(example.input, line: example.line)
          examples.append(example)
        }
      }
    }
    return examples
  }

  private func examples(of query: EntityQuery) -> [TextToTextExample] {
    let values = [
      "query": query.query, "entities": query.entities.joined(separator: ", "),
      "passage": query.passage,
    ]
    let isSplit = purpose == .training && !query.answers.isEmpty
    return (isSplit ? query.answers.map { [$0] } : [query.answers]).map {
      example(values, targets: $0, choices: query.entities, line: query.line)
    }
  }
}
