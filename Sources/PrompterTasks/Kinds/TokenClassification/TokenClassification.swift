// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff

/// A tag for each word of a text: names, phrases, parts of speech, or a predicate's arguments.
///
/// The head reads the state of each word's first piece and gives a value for each tag, and the loss
/// is the mean of the words' cross-entropies over all words of a step, as transformers has it. In
/// training each piece may learn its word's tag. Long texts are read in windows that overlap.
public struct TokenClassification: HeadKind {
  /// `token-classification`.
  public static let name = TaskDescription.Kind(rawValue: "token-classification")

  /// The task.
  public let task: TaskDescription

  let tagging: TaggingDescription
  // The tags with their indices; nil if one is given twice.
  private let known: LabelSpace?
  let tags: TagSet

  /// The kind, asked about a task.
  public init(_ task: TaskDescription) {
    self.task = task
    tagging = task.tagging ?? TaggingDescription()
    known = try? LabelSpace(task.labels)
    tags = TagSet(
      task.labels, scheme: tagging.scheme ?? TagScheme.found(in: task.labels.map { [$0] }))
  }

  var labels: LabelSpace {
    get throws { try known ?? LabelSpace(task.labels) }
  }

  /// One for each tag.
  public var outputCount: Int { task.labels.count }

  // MARK: Data

  /// All tags of a text are one answer, and few texts have the same.
  public var hasLabels: Bool { false }

  /// The tagged words of a file.
  public func examples(of file: ExampleFile, for purpose: ExamplePurpose) throws -> TaggedDataset {
    try TaggedDataset(file, task: task)
  }

  /// The task with the training data's tags and their scheme, if it does not say them itself.
  public func completed(by training: TaggedDataset) throws -> TaskDescription {
    var (task, tagging) = (task, tagging)
    if task.labels.isEmpty {
      task.labels =
        tagging.names ?? LabelSpace.ordered(training.examples.lazy.compactMap(\.tags).joined())
    }
    guard !training.examples.isEmpty, task.labels.count > 1 else {
      throw DataError.tooFewLabels(
        file: training.file, labels: training.examples.isEmpty ? [] : task.labels)
    }
    if let scheme = tagging.scheme {
      try check(training, fits: scheme)
    } else {
      tagging.scheme = TagScheme.found(in: training.examples.lazy.compactMap(\.tags))
    }
    task.tagging = tagging
    task.metrics = TagMetric.names(task.metrics, hasSpans: tagging.scheme != .plain)
    return task
  }

  private func check(_ examples: TaggedDataset, fits scheme: TagScheme) throws {
    guard scheme != .plain else { return }
    for example in examples.examples {
      for (word, tag) in (example.tags ?? []).enumerated() where scheme.parts(of: tag) == nil {
        throw DataError.malformedExample(
          file: examples.file, line: example.line(ofWord: word),
          reason: "the tag \(DataError.quoted(tag)) is none of the scheme \(scheme.rawValue)")
      }
    }
  }

  /// Makes sure that each word has a tag, and that it is one of the task's.
  public func check(_ examples: TaggedDataset) throws {
    for index in examples.examples.indices { _ = try tagIndices(of: index, in: examples) }
  }

  /// The number of the data's tags.
  public func labelCount(in training: TaggedDataset) -> Int? {
    (try? completed(by: training))?.labels.count
  }

  /// The data's tags.
  public func startLabels(in training: TaggedDataset) -> [String] {
    (try? completed(by: training))?.labels ?? []
  }

  /// The indices of a sentence's tags.
  func tagIndices(of index: Int, in examples: TaggedDataset) throws -> [Int] {
    let (example, known) = (examples.examples[index], try labels)
    guard let tags = example.tags else {
      throw DataError.missingLabel(file: examples.file, line: example.line)
    }
    func fault(_ line: Int, _ reason: String) -> DataError {
      .malformedExample(file: examples.file, line: line, reason: reason)
    }
    guard tags.count == example.words.count else {
      throw fault(example.line, "\(example.words.count) words have \(tags.count) tags")
    }
    return try tags.enumerated().map { word, tag in
      guard let found = known.firstIndex(of: tag) else {
        throw DataError.unknownLabel(
          file: examples.file, line: example.line(ofWord: word), label: tag, known: task.labels)
      }
      // Answers stand in one line, blanks between the tags.
      guard !tag.utf8.contains(where: Byte.isBlank), !tag.isEmpty else {
        throw fault(
          example.line(ofWord: word), "the tag \(DataError.quoted(tag)) is empty or has a blank")
      }
      return found
    }
  }

  // MARK: Questions

  /// The names of lists of words.
  public var wordColumns: [String] {
    (task.fields.text.map { [$0] } ?? []) + TaggedObjects.wordNames
  }

  /// The words that are given, or those of the text, and the predicate that is asked about.
  public func question(of query: Query) throws(TextProblem) -> Question {
    guard tagging.marksPredicate == (query.pair != nil) else {
      throw tagging.marksPredicate ? .noColumn(task.fields.pair ?? "predicate") : .isPair
    }
    guard query.words.isEmpty else {
      let given = TaggedSentence(words: query.words)
      return Question(given.text, query.pair, words: given.ranges)
    }
    return Question(query.text, query.pair, words: TextWords.ranges(in: query.text))
  }

  /// The words of an example.
  public func question(of example: Int, in examples: TaggedDataset) -> Question {
    let example = examples.examples[example]
    return Question(
      example.text, tagging.marksPredicate ? example.predicate : nil, words: example.ranges)
  }

  /// The text in one row, or a long one in windows, and in them each word's first piece.
  public func rows(
    of question: Question, by reader: TextReader
  ) throws(TextProblem) -> [EncodedInput] {
    try WordRows(
      question: question, reader: reader,
      readsAllPieces: reader.isLearning && tagging.pieces == .all
    ).rows()
  }

  // MARK: Learning

  /// The index of the tag for each state that is read; -1 for one that learns nothing.
  public func target(
    of example: Int, in examples: TaggedDataset, read rows: [EncodedInput]
  ) throws -> [Int32] {
    let tags = try tagIndices(of: example, in: examples)
    return rows.flatMap { $0.marks ?? [] }.map { $0 < 0 ? -1 : Int32(tags[Int($0)]) }
  }

  /// The indices.
  public static func numbers(of target: [Int32]) -> [Int32] { target }

  /// The states that learn a tag.
  public func weight(of target: [Int32]) -> Double { Double(target.count { $0 >= 0 }) }

  /// The cross-entropies.
  public func loss(
    of outputs: Variable, for targets: [[Int32]], scale: Float, zLoss: Double
  ) -> Variable {
    crossEntropy(outputs, labels: targets.flatMap(\.self), scale: scale, zLoss: zLoss)
  }

  /// The likeliest tag of each word, and what they make together.
  public func answer(
    from outputs: [[Float]], of rows: [EncodedInput], to question: Question,
    by calibration: Calibration
  ) -> any Answer {
    TagAnswer(
      logits: outputs.flatMap { split($0) }.prefix(question.words.count), of: question,
      labels: task.labels, tags: tags, temperature: calibration.temperature)
  }

  private func split(_ outputs: [Float]) -> [[Float]] {
    let count = outputCount
    return stride(from: 0, to: outputs.count, by: count).map { Array(outputs[$0..<$0 + count]) }
  }

  /// The temperature of the smallest log loss of words, if they tell it from 1 by more than chance.
  public func temperature(of outputs: [[[Float]]], for targets: [[Int32]]) -> Temperature? {
    let words = zip(outputs, targets).flatMap { outputs, tags in
      zip(outputs.flatMap { split($0) }, tags).filter { $0.1 >= 0 }
    }
    return .told(by: words.map(\.0), references: words.map { Int($0.1) })
  }
}
