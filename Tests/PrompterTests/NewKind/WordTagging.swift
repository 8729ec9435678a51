// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterTasks
import PrompterTokenizer

/// A tag for each word of a text: a kind of task that only tests know, made as the article
/// "Adding a kind of task" says.
///
/// A data file has the words in one column and as many tags in another, both between
/// blanks. The head reads the state of each word's first piece, and the loss is the
/// cross-entropy over all words.
struct WordTagging: HeadKind {
  static let name = TaskDescription.Kind(rawValue: "word-tagging")
  static let presetNames = [name.rawValue]
  static let accuracy = MetricName(rawValue: "word_accuracy")

  let task: TaskDescription

  init(_ task: TaskDescription) { self.task = task }

  static func preset(_ name: String, isNamed: Bool) -> TaskDescription? {
    name == Self.name.rawValue ? TaskDescription(kind: Self.name, metrics: [accuracy]) : nil
  }

  var outputCount: Int { task.labels.count }

  // MARK: Data

  // All tags of a text are one answer, and few texts have the same.
  var hasLabels: Bool { false }

  func examples(of file: ExampleFile, for purpose: ExamplePurpose) throws -> Dataset {
    try Dataset(
      contentsOf: file.url, task: task, form: file.form, labelMap: file.labelMap,
      requireLabels: file.requiresAnswers, limit: file.limit)
  }

  func completed(by training: Dataset) throws -> TaskDescription {
    var task = task
    if task.labels.isEmpty {
      task.labels = Set(try training.examples.indices.flatMap { try tags(of: $0, in: training) })
        .sorted()
    }
    guard task.labels.count > 1 else {
      throw DataError.tooFewLabels(file: training.file, labels: task.labels)
    }
    return task
  }

  func check(_ examples: Dataset) throws {
    for index in examples.examples.indices { _ = try tagIndices(of: index, in: examples) }
  }

  func labelCount(in training: Dataset) -> Int? { (try? completed(by: training))?.labels.count }

  // As many as there are words.
  private func tags(of index: Int, in examples: Dataset) throws -> [String] {
    let example = examples.examples[index]
    guard let label = example.label else {
      throw DataError.missingLabel(file: examples.file, line: example.line)
    }
    let (tags, count) = (Words(of: label).texts, Words(of: example.text).texts.count)
    guard tags.count == count else {
      throw DataError.malformedExample(
        file: examples.file, line: example.line, reason: "\(count) words have \(tags.count) tags")
    }
    return tags
  }

  private func tagIndices(of index: Int, in examples: Dataset) throws -> [Int] {
    let known = try LabelSpace(task.labels)
    return try tags(of: index, in: examples).map { tag in
      guard let found = known.firstIndex(of: tag) else {
        throw DataError.unknownLabel(
          file: examples.file, line: examples.examples[index].line, label: tag,
          known: task.labels)
      }
      return found
    }
  }

  // MARK: Questions

  func question(of query: Query) throws(TextProblem) -> Question {
    guard query.pair == nil else { throw .isPair }
    return Question(query.text)
  }

  func question(of example: Int, in examples: Dataset) -> Question {
    Question(examples.examples[example].text)
  }

  func rows(of question: Question, by reader: TextReader) throws(TextProblem) -> [EncodedInput] {
    let encoding = try reader.encoding(question.text)
    return [reader.input(encoding, reading: Words(of: question.text).places(in: encoding))]
  }

  // MARK: Learning

  // The tag of each word that is read; -1 for what is read of a text without words.
  func target(
    of example: Int, in examples: Dataset, read rows: [EncodedInput]
  ) throws -> [Int32] {
    let tags = try tagIndices(of: example, in: examples).map { Int32($0) }
    return tags.isEmpty ? [-1] : Array(tags.prefix(rows[0].reads?.count ?? 0))
  }

  static func numbers(of target: [Int32]) -> [Int32] { target }

  func loss(
    of outputs: Variable, for targets: [[Int32]], scale: Float, zLoss: Double
  ) -> Variable {
    crossEntropy(outputs, labels: targets.flatMap(\.self), scale: scale, zLoss: zLoss)
  }

  func answer(
    from outputs: [[Float]], of rows: [EncodedInput], to question: Question,
    by calibration: Calibration
  ) -> any Answer {
    let (logits, count) = (outputs[0], outputCount)
    let words = Words(of: question.text).texts
    return WordTags(
      tags: zip(words, stride(from: 0, to: logits.count, by: count)).map { word, first in
        let tag = LabelAnswer(
          logits: Array(logits[first..<first + count]), of: task.labels,
          temperature: calibration.temperature)
        return WordTags.Tag(word: word, tag: tag.text, probability: tag.probability ?? 0)
      })
  }
}

// MARK: - Scores

extension WordTagging {
  var metricNames: [String] { task.metricNames }

  /// The share of words whose tag is right, beside that of the set's most frequent tag.
  func evaluation(
    of answers: [Evaluation.Answer], to examples: Dataset, name: String
  ) throws -> Evaluation {
    let tags = try examples.examples.indices.map { try self.tags(of: $0, in: examples) }
    return Evaluation(
      task: name, examples: examples.count,
      metrics: scores(of: answers.map { Words(of: $0.text).texts }, beside: tags),
      baseline: scores(ofAlways: tags.mostFrequent, beside: tags), labels: task.labels,
      answers: answers)
  }

  func baseline(of training: Dataset, on examples: Dataset) throws -> [String: Double] {
    func tags(_ examples: Dataset) throws -> [[String]] {
      try examples.examples.indices.map { try self.tags(of: $0, in: examples) }
    }
    return scores(ofAlways: try tags(training).mostFrequent, beside: try tags(examples))
  }

  private func scores(ofAlways tag: String?, beside tags: [[String]]) -> [String: Double] {
    scores(of: tags.map { $0.map { _ in tag ?? "" } }, beside: tags)
  }

  // Words that were cut off have no tag, which is a wrong one.
  private func scores(of answers: [[String]], beside tags: [[String]]) -> [String: Double] {
    let right = zip(answers, tags).reduce(0) { $0 + zip($1.0, $1.1).count { $0 == $1 } }
    let count = tags.reduce(0) { $0 + $1.count }
    return [Self.accuracy.rawValue: Double(right) / Double(max(1, count))]
  }
}

extension [[String]] {
  fileprivate var mostFrequent: String? {
    let counts: [String: Int] = joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }
}
