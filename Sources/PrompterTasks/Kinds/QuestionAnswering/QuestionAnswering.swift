// SPDX-License-Identifier: Apache-2.0

public import PrompterAutodiff
internal import PrompterTokenizer

/// The span of a text that answers a question, or that there is none.
///
/// A row has the question and as much of the text as fits; a longer text is read in several that
/// overlap. Of each row the states of the text's tokens are read, and that of the first token,
/// [CLS], which stands for having no answer there. The head gives two values for a state, the
/// scores of a start and of an end, and the loss of a row is the mean of two cross-entropies over
/// what is read of it:
///
/// loss = ½ (−log p_start(s) − log p_end(e)),
///
/// s and e being the answer's first and last token, or the first place in a row that does not have
/// the whole answer (Devlin and others 2019, section 4.2 and 4.3). A question's loss is the mean
/// over its rows, so that each question counts once. Where each text fits one row it is the mean
/// over rows, as in transformers, whose starts and ends compete with the question's tokens and the
/// padding too.
public struct QuestionAnswering: HeadKind {
  /// `question-answering`.
  public static let name = TaskDescription.Kind.questionAnswering

  /// The task.
  public let task: TaskDescription

  private let description: SpanDescription

  /// The kind, asked about a task.
  public init(_ task: TaskDescription) {
    self.task = task
    description = task.spans ?? SpanDescription()
  }

  /// A start and an end.
  public var outputCount: Int { 2 }

  // MARK: Data

  /// None: few questions have the same answer.
  public var hasLabels: Bool { false }

  /// The columns of a row.
  public var fieldNames: [String] { ["question", "context", "answers"] }

  /// The task with one of them in another column; a text is the question, its pair the context.
  public func reading(_ field: String, from column: String) -> TaskDescription? {
    var task = task
    switch field {
    case "question", "text": task.fields.text = column
    case "context", "pair": task.fields.pair = column
    case "answers", "answer", "label": task.fields.label = column
    default: return nil
    }
    return task
  }

  /// The task with windows that share so many tokens.
  public func overlapping(by tokens: Int) -> TaskDescription? {
    var task = task
    task.spans = description
    task.spans?.overlap = tokens
    return task
  }

  /// 384, as in the published programs.
  public var usualMaximumLength: Int? { 384 }

  /// Others: a question is scored whose answer cannot be learnt.
  public var scoresOtherExamples: Bool { true }

  /// The questions of a file.
  public func examples(
    of file: ExampleFile, for purpose: ExamplePurpose
  ) throws -> SpanDataset {
    try SpanDataset(contentsOf: file, fields: task.fields, for: purpose)
  }

  /// The task, which allows for no answer if a training example has none and no preset says
  /// otherwise.
  public func completed(by training: SpanDataset) throws -> TaskDescription {
    guard !training.examples.isEmpty else { throw DataError.noExamples(file: training.file) }
    var task = task
    task.spans = description
    if task.preset == nil, training.examples.contains(where: \.isUnanswerable) {
      task.spans?.allowsNoAnswer = true
    }
    return task
  }

  /// Makes sure that every question has answers, or may have none.
  public func check(_ examples: SpanDataset) throws {
    for (index, example) in examples.examples.enumerated() {
      guard let answers = example.answers else { throw examples.missingAnswer(of: index) }
      guard !answers.isEmpty || description.allowsNoAnswer else {
        throw DataError.unusableExample(
          file: examples.file, place: examples.place(of: index),
          reason: "the question has no answer, and in the task \(task.name) each has one")
      }
    }
  }

  /// None: answers are spans.
  public func labelCount(in training: SpanDataset) -> Int? { nil }

  // MARK: Questions

  /// An example's question and context.
  public func question(of example: Int, in examples: SpanDataset) -> Question {
    Question(examples.examples[example].question, examples.examples[example].context)
  }

  /// The question with each window of the context, two of which share as many tokens as the task
  /// says, but at most half of what there is room for.
  public func rows(
    of question: Question, by reader: TextReader
  ) throws(TextProblem) -> [EncodedInput] {
    guard let context = question.pair else { throw .noPair }
    let asked = reader.tokenizer.ids(of: question.text).count
    let overlap = min(
      description.overlap ?? reader.maximumLength / 3, (reader.maximumLength - asked - 4) / 2)
    let windows = try reader.windows(question.text, context, overlap: max(0, overlap))
    return windows.map { window in
      let tokens = window.words.indices.filter { window.words[$0] != nil }
      return reader.input(
        window, reading: [0] + tokens.dropFirst(asked), isWindow: windows.count > 1)
    }
  }

  // MARK: Learning

  /// Where its first answer stands in each row.
  public func target(
    of example: Int, in examples: SpanDataset, read rows: [EncodedInput]
  ) throws -> SpanTarget {
    SpanTarget(examples.examples[example], read: rows)
  }

  /// The places.
  public static func numbers(of target: SpanTarget) -> [Int32] { target.numbers }

  /// The mean cross-entropy of starts and ends.
  public func loss(
    of outputs: Variable, for targets: [SpanTarget], scale: Float, zLoss: Double
  ) -> Variable {
    spanCrossEntropy(outputs, groups: targets.flatMap(\.groups), scale: scale)
  }

  /// The best span, or none.
  public func answer(
    from outputs: [[Float]], of rows: [EncodedInput], to question: Question,
    by calibration: Calibration
  ) -> any Answer {
    SpanAnswer(
      SpanSearch(
        outputs, of: rows, longest: description.maximumAnswerLength, keeping: Self.keptSpans),
      in: question.pair ?? "", windowCount: rows.count,
      allowsNoAnswer: description.allowsNoAnswer, by: calibration)
  }

  // As many as SQuAD's programs keep.
  private static let keptSpans = 20

  /// The threshold of the best F1.
  public func threshold(of outputs: [[[Float]]], for targets: [SpanTarget]) -> Double? {
    guard description.allowsNoAnswer else { return nil }
    return SpanCalibration(outputs, for: targets, description).threshold
  }

  /// The temperature of the smallest log loss.
  public func temperature(of outputs: [[[Float]]], for targets: [SpanTarget]) -> Temperature? {
    let calibration = SpanCalibration(outputs, for: targets, description)
    return calibration.temperature(threshold: calibration.threshold ?? 0)
  }
}
