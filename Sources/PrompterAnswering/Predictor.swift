// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
internal import PrompterKernels
public import PrompterPrompts
public import PrompterTasks

/// Many prompts over one backbone, answering batches whose rows belong to different tasks.
///
/// Prompts may differ in length, layers, method, pooling, labels and kind of task. Each row is
/// answered exactly as it would be alone. Fine-tuned prompts bring their own backbone. Prompts come
/// and go while others answer; copies of a predictor share them.
public struct Predictor: Sendable {
  /// How an encoder-decoder answers where a task has labels.
  public var answering = LabelAnswering.ranking
  /// Whether probabilities are calibrated: by the temperature that was fitted to a
  /// prompt's validation data.
  public var isCalibrated = true
  /// How the next token of a text is chosen.
  public var strategy = DecodingStrategy.greedy
  /// The most tokens of a text that is no label; by default as many as the prompt learnt to write.
  public var maximumTargetLength: Int?
  /// The fewest tokens of a text before its end.
  public var minimumTargetLength = 0

  let model: PretrainedModel
  let team: ThreadTeam
  private let residents = ResidentTasks()

  /// A predictor of named prompts.
  ///
  /// - Parameters:
  ///   - model: The backbone that the prompts belong to.
  ///   - prompts: The prompts and the names that queries use.
  ///   - threads: The replicas that share the work.
  ///   - isPinned: Whether each replica keeps to a core of its own.
  /// - Throws: ``PromptError`` if a prompt does not fit the backbone; ``PredictionError``
  ///   if two have one name.
  public init(
    model: PretrainedModel, prompts: [(name: String, prompt: Prompt)], threads: Int = 1,
    isPinned: Bool = true
  ) throws {
    self.model = model
    team = ThreadTeam(count: threads, isPinned: isPinned)
    for (name, prompt) in prompts {
      guard residents[name] == nil else { throw PredictionError.duplicateTask(name) }
      try insert(prompt, named: name)
    }
  }

  /// The prompts' names, in the order in which they came.
  public var names: [String] { residents.all.map(\.name) }

  /// Takes a prompt in, in the place of one of its name if there is one.
  ///
  /// What is being answered meanwhile is answered by the prompt from before.
  ///
  /// - Parameters:
  ///   - prompt: The prompt.
  ///   - name: The name that queries use.
  /// - Returns: Whether there was one of this name.
  /// - Throws: ``PromptError`` if the prompt does not fit the backbone.
  /// - Complexity: O(1) in the number of prompts; nothing of others is copied.
  @discardableResult
  public func insert(_ prompt: Prompt, named name: String) throws -> Bool {
    residents.insert(try ResidentTask(prompt, named: name, on: model))
  }

  /// Drops a prompt; what is being answered by it is answered still.
  ///
  /// - Parameter name: Its name.
  /// - Returns: Whether there was one.
  @discardableResult
  public func remove(_ name: String) -> Bool { residents.remove(name) }

  /// The prompt that a query names.
  ///
  /// - Parameter task: The name; may be `nil` when there is one prompt only.
  /// - Returns: The prompt.
  /// - Throws: ``PredictionError`` if there is no such prompt.
  func resident(named task: String?) throws -> ResidentTask {
    guard let task else {
      guard let only = residents.only else { throw PredictionError.missingTask(known: names) }
      return only
    }
    guard let found = residents[task] else {
      throw PredictionError.unknownTask(task, known: names)
    }
    return found
  }

  /// Checks that there is a prompt of a name.
  ///
  /// - Parameter task: The name; may be `nil` when there is one prompt only.
  /// - Returns: The name.
  /// - Throws: ``PredictionError`` if there is no such prompt.
  public func name(of task: String?) throws -> String { try resident(named: task).name }

  /// Where a task's queries stand in objects and tables.
  ///
  /// - Parameter task: The name; may be `nil` when there is one prompt only.
  /// - Returns: The names of the columns.
  /// - Throws: ``PredictionError`` if there is no such prompt.
  public func queryColumns(of task: String?) throws -> QueryColumns {
    try resident(named: task).columns
  }
}

// MARK: - Answers

extension Predictor {
  /// Answers queries, all tasks in the same batches.
  ///
  /// Queries that follow each other and have one text share what is computed below their prompts:
  /// with prompts in upper layers only (see ``FoldedPrompt/Deep/shiftsPositions``), or heads
  /// alone, that is most of it.
  ///
  /// - Parameter queries: The questions.
  /// - Returns: The answers, in order.
  /// - Throws: ``PredictionError`` if a query names no known prompt, the model cannot read it or
  ///   the answer is no number; `CheckpointError` if weights are none. Then none is answered;
  ///   see ``results(of:)``.
  public func predict(_ queries: [Query]) throws -> [Prediction] {
    let owners = try queries.map { try resident(named: $0.task) }
    return try predict(
      prepared: PreparedQueries(
        team.map(queries.count) { owners[$0].input(of: queries[$0], number: $0) }))
  }

  /// Tokenizes queries on the calling thread, while others may be answered.
  ///
  /// - Parameters:
  ///   - queries: The questions.
  ///   - firstNumber: The number of the first one. What is drawn for a query, where texts are
  ///     drawn, depends on its number, not on those that are answered with it.
  /// - Returns: What ``predict(prepared:)`` answers.
  /// - Throws: ``PredictionError`` if a query names no known prompt.
  public func prepared(_ queries: [Query], firstNumber: Int = 0) throws -> PreparedQueries {
    prepared(
      try queries.map { ($0, try resident(named: $0.task)) }, firstNumber: firstNumber)
  }

  // The same of queries whose prompts are known, and stay these whatever comes or goes.
  func prepared(
    _ queries: [(query: Query, task: ResidentTask)], firstNumber: Int
  ) -> PreparedQueries {
    let memo = TextMemo()
    return PreparedQueries(
      queries.enumerated().map { place, asked in
        asked.task.input(of: asked.query, number: firstNumber + place, memo: memo)
      })
  }

  /// Answers queries that are tokenized already, all tasks in the same batches.
  ///
  /// - Throws: What stands in the way of the first that cannot be answered.
  public func predict(prepared queries: PreparedQueries) throws -> [Prediction] {
    try results(of: queries).map { try $0.get() }
  }

  /// Answers queries that are tokenized already, each for itself: what stands in the way of one is
  /// no reason not to answer the others.
  ///
  /// - Parameter queries: The questions.
  /// - Returns: For each, in order, the answer, a ``PredictionError`` that is about this query
  ///   alone, or a `CheckpointError` about weights that are not finite.
  public func results(of queries: PreparedQueries) -> [Result<Prediction, any Error>] {
    var results: [Result<Prediction, any Error>] = []
    var answers = self.answers(to: queries.inputs.compactMap { try? $0.get() })[...]
    for input in queries.inputs {
      switch input {
      case .failure(let error): results.append(.failure(error))
      case .success: results.append(answers.removeFirst())
      }
    }
    return results
  }
}
