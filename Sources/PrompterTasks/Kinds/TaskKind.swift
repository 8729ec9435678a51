// SPDX-License-Identifier: Apache-2.0

/// A kind of task, asked about one task: what its data files hold, what a model reads of an
/// example, and how answers are scored.
///
/// A kind is one of two: a ``HeadKind``, whose answers a head gives, or a ``WriterKind``, whose
/// answers a model writes. Nothing outside of its own folder asks which of the kinds it is;
/// ``TaskKinds`` lists them.
public protocol TaskKind: Sendable {
  /// The examples of a file.
  associatedtype Examples: ExampleSet

  /// The kind's name in cards.
  static var name: TaskDescription.Kind { get }

  /// The names of its tasks for the command line, the kind's own first.
  static var presetNames: [String] { get }

  /// Those of them whose examples have two texts.
  static var pairPresetNames: Set<String> { get }

  /// The description of a task by its name; nil if there is none of that name.
  ///
  /// - Parameters:
  ///   - name: One of ``presetNames``.
  ///   - isNamed: Whether a text begins with the task's name, in kinds whose texts can.
  /// - Returns: The description; labels that only data tell are not known yet.
  static func preset(_ name: String, isNamed: Bool) -> TaskDescription?

  /// The task.
  var task: TaskDescription { get }

  /// The kind, asked about a task of it.
  init(_ task: TaskDescription)

  // MARK: Data

  /// The roles of a file's columns that a user can name.
  var fieldNames: [String] { get }

  /// The task with a role's texts in another column; nil if there is no such role.
  func reading(_ field: String, from column: String) -> TaskDescription?

  /// The task with long texts read in windows that share so many tokens; nil for a kind that reads
  /// no windows.
  func overlapping(by tokens: Int) -> TaskDescription?

  /// How many tokens a row has where nobody says; nil for as many as in most kinds.
  var usualMaximumLength: Int? { get }

  /// Whether examples to be scored on may be others than examples to learn from.
  var scoresOtherExamples: Bool { get }

  /// Reads a file.
  ///
  /// - Throws: ``DataError``.
  func examples(of file: ExampleFile, for purpose: ExamplePurpose) throws -> Examples

  /// The task with what only the training data tell, such as its labels.
  ///
  /// - Throws: ``DataError`` if they are too few to learn from.
  func completed(by training: Examples) throws -> TaskDescription

  /// Makes sure that examples can be learnt and scored, before any is.
  ///
  /// - Throws: ``DataError`` with the first that cannot.
  func check(_ examples: Examples) throws

  /// How much there is to learn, as far as it decides how long: the number of labels; nil where
  /// answers are not chosen among labels.
  func labelCount(in training: Examples) -> Int?

  /// Labels that a prompt may start from.
  func startLabels(in training: Examples) -> [String]

  /// Whether each answer should have several examples.
  var hasLabels: Bool { get }

  // MARK: Questions

  /// The columns that a query has in place of a text and its pair; none in most kinds.
  var queryColumns: [QueryColumn] { get }
  /// The names of lists of words that a query may have in place of a text; none in most kinds.
  var wordColumns: [String] { get }

  /// What a model reads of a query.
  ///
  /// - Throws: ``TextProblem`` if the query lacks something, or has what the task does not read.
  func question(of query: Query) throws(TextProblem) -> Question

  /// What a model reads of an example.
  func question(of example: Int, in examples: Examples) -> Question

  // MARK: Scores

  /// The names of the metrics, the one that tells which prompt is best first.
  var metricNames: [String] { get }

  /// The names of others that could tell.
  var otherMetricNames: [String] { get }

  /// The scores of answers, and those of the baseline that does not read.
  ///
  /// - Parameters:
  ///   - answers: An answer to each example.
  ///   - examples: The examples.
  ///   - name: The prompt's name.
  /// - Returns: The scores.
  /// - Throws: ``DataError`` for an example without an answer, or with one that the task does not
  ///   have.
  func evaluation(
    of answers: [Evaluation.Answer], to examples: Examples, name: String
  ) throws -> Evaluation

  /// The scores, on other examples, of the best that can be said without reading: what training
  /// examples have most, or in the mean.
  func baseline(of training: Examples, on examples: Examples) throws -> [String: Double]

  /// What the baseline answers, as in `always the majority`.
  var baselineName: String { get }

  /// The answer of several prompts together to one example.
  func vote(among answers: [Evaluation.Answer]) -> Evaluation.Answer
}

extension TaskKind {
  /// None that is known to have.
  public static var pairPresetNames: Set<String> { [] }
  /// The columns of labelled texts.
  public var fieldNames: [String] { ["text", "pair", "label"] }
  /// The task with a text, a pair or a label in another column.
  public func reading(_ field: String, from column: String) -> TaskDescription? {
    var task = task
    switch field {
    case "text": task.fields.text = column
    case "pair": task.fields.pair = column
    case "label": task.fields.label = column
    default: return nil
    }
    return task
  }
  /// None, in most kinds.
  public func overlapping(by tokens: Int) -> TaskDescription? { nil }
  /// As many as in most kinds.
  public var usualMaximumLength: Int? { nil }
  /// The same examples, as in most kinds.
  public var scoresOtherExamples: Bool { false }
  /// Whether there are labels, as most kinds have them.
  public var hasLabels: Bool { true }
  /// None, in most kinds.
  public var wordColumns: [String] { [] }
  /// The answer that is the most frequent, in most kinds.
  public var baselineName: String { "majority" }
  /// None, in most kinds.
  public var otherMetricNames: [String] { [] }
  /// None: queries have a text, or two.
  public var queryColumns: [QueryColumn] { [] }
  /// The same for all tasks, in most kinds.
  public func startLabels(in training: Examples) -> [String] { task.labels }
}

extension TaskDescription {
  /// Checks that a kind's files, questions and scores are known for the task.
  ///
  /// - Returns: The kind, asked about this task.
  /// - Throws: ``DataError/unknownKind(name:known:)``.
  public func asked() throws -> any TaskKind {
    guard let type = TaskKinds.type(named: kind) else {
      throw DataError.unknownKind(
        name: kind.rawValue, known: TaskKinds.all.map { $0.name.rawValue })
    }
    return type.init(self)
  }

  /// Whether answers are written, rather than given by a head.
  public var isWritten: Bool { TaskKinds.type(named: kind) is any WriterKind.Type }

  /// Whether answers are given by a head, rather than written.
  package var hasHead: Bool { TaskKinds.type(named: kind) is any HeadKind.Type }

  /// Whether answers are given by a head that transformers and PEFT call a sequence classifier.
  package var isSequenceClassification: Bool {
    guard verbalizer == nil, let type = TaskKinds.type(named: kind) as? any HeadKind.Type,
      let outputCount
    else {
      return false
    }
    return type.task(outputs: outputCount) != nil
  }

  /// What the baseline of the task's kind answers, as in `always the majority`.
  package var baselineName: String { (try? asked())?.baselineName ?? "majority" }

  /// The values that a head gives for each state that it reads; nil where answers are written.
  package var outputCount: Int? { ((try? asked()) as? any HeadKind)?.outputCount }
}

extension TaskKind {
  /// Examples as the kind's own.
  ///
  /// - Throws: ``DataError/otherExamples(file:kind:)`` if they are of another kind.
  package func own(_ examples: some ExampleSet) throws -> Examples {
    guard let own = examples as? Examples else {
      throw DataError.otherExamples(file: examples.file, kind: Self.name.rawValue)
    }
    return own
  }
}
