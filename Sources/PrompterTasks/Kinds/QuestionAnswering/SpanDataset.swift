// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import PrompterJSON

/// Questions about texts that hold their answers, of one file.
///
/// | the file | what it is |
/// | --- | --- |
/// | `{"data": [{"paragraphs": [{"context": …, "qas": [{"question": …, "answers": …}]}]}]}` | SQuAD 1.1 and 2.0, XQuAD |
/// | objects with `question`, `context` and `answers`: `{"text": […], "answer_start": […]}` | rows as `datasets` writes them |
/// | the same with `answers` as a list of texts or of such objects, or `answer` as one text | other rows |
/// | tables with the columns `question`, `context`, `answer` and perhaps `answer_start` | |
///
/// No answers, or `is_impossible`, mean that the context has none. Places are counted in Unicode
/// scalars. An answer that does not stand where the file says is looked for in the context;
/// ``omissions`` says of how many questions that is so, and how many are left out of what is learnt
/// because none of their answers stands there.
public struct SpanDataset: Sendable {
  /// The examples, in the order of the file.
  public var examples: [SpanExample]

  /// The file that they come from, for messages.
  public var url: URL

  /// What of the file was not read, and what was read otherwise than it says.
  public private(set) var omissions = Omissions()

  // Whether questions are told apart by their ids, for they do not start on lines of their own.
  private var isNested = false

  /// A data set of examples at hand.
  public init(examples: [SpanExample], url: URL) {
    self.examples = examples
    self.url = url
    omissions.read = Self.columns
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - file: The file, and how it is read.
  ///   - fields: What its columns are called, where that is said.
  ///   - purpose: What the examples are for: of those to learn from, the ones are left out whose
  ///     answers do not stand in their context.
  /// - Throws: ``DataError``.
  /// - Complexity: O(bytes), all in memory.
  public init(
    contentsOf file: ExampleFile, fields: Fields = Fields(), for purpose: ExamplePurpose
  ) throws {
    var reader = SpanFile(file, fields: fields)
    let examples = try reader.examples(in: Dataset.bytes(of: file.url))
    self.init(examples: examples, url: file.url)
    omissions = reader.omissions
    isNested = reader.isNested
    guard !examples.isEmpty || file.limit == 0 else { throw DataError.noExamples(file: self.file) }
    if file.requiresAnswers, let bare = examples.firstIndex(where: { $0.answers == nil }) {
      throw missingAnswer(of: bare)
    }
    noteAnswers(reader, for: purpose)
  }

  static let columns = Fields(text: "question", pair: "context", label: "answers")

  /// The error of a question without answers, where they are needed.
  func missingAnswer(of index: Int) -> DataError {
    .unusableExample(
      file: file, place: place(of: index),
      reason: "the question has no answers, and they are needed here")
  }
}

// MARK: - What is told of the file

extension SpanDataset {
  private mutating func noteAnswers(_ reader: SpanFile, for purpose: ExamplePurpose) {
    func note(_ places: [Int], _ sentence: (_ count: String, _ first: String) -> String) {
      guard let first = places.first else { return }
      omissions.remarks.append(
        sentence(DataError.count(places.count, "question"), place(of: first)))
    }
    note(reader.moved) {
      "\($0) with an answer that does not stand where the file says, but elsewhere in the context; "
        + "the first is \($1)"
    }
    let lost = examples.indices.filter { examples[$0].answers != nil && !examples[$0].isLearnable }
    note(lost) {
      purpose == .training
        ? "left out \($0), none of whose answers stands in the context; the first is \($1)"
        : "\($0) none of whose answers stands in the context, so that none can be found; the first "
          + "is \($1)"
    }
    var ids: Set<UTF8Key> = []
    note(
      examples.indices.filter { examples[$0].id.map { !ids.insert(UTF8Key($0)).inserted } ?? false }
    ) {
      "\($0) with an id that another has too, each scored by itself; the first is \($1)"
    }
    if purpose == .training, !lost.isEmpty {
      let lost = Set(lost)
      examples = examples.indices.filter { !lost.contains($0) }.map { examples[$0] }
    }
  }
}

extension SpanDataset: ExampleSet {
  /// The question and its context.
  public func text(at index: Int) -> SourceText {
    let example = examples[index]
    return SourceText(text: example.question, pair: example.context, line: example.line)
  }

  /// The first answer; nil without one.
  public func label(at index: Int) -> String? { examples[index].answers?.first?.text }

  /// All answers, bars between them.
  public func shownAnswer(at index: Int) -> String? {
    examples[index].answers.map { answers in
      answers.isEmpty ? "(none)" : answers.map(\.text).joined(separator: " | ")
    }
  }

  /// The context, so that no prompt is measured on one that it has learnt.
  public func group(at index: Int) -> String? { examples[index].context }

  /// The question's id in a file of articles, else its line.
  public func place(of index: Int) -> String {
    let example = examples[index]
    if isNested, let id = example.id { return "question \(DataError.quoted(id))" }
    return "line \(example.line)"
  }
}
