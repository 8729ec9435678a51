// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTasks

/// Many prompts over one backbone, answering batches whose rows belong to different tasks.
///
/// Prompts may differ in length, layers, method, pooling and labels. Each row is answered exactly as
/// it would be alone. Fine-tuned prompts bring their own backbone.
public struct Predictor: Sendable {
  /// The prompts' names, in order.
  public let names: [String]
  /// How an encoder-decoder answers where a task has labels.
  public var answering = LabelAnswering.ranking
  /// How the next token of a text is chosen.
  public var strategy = DecodingStrategy.greedy
  /// The most tokens of a text that is no label; by default as many as the prompt learnt to write.
  public var maximumTargetLength: Int?
  /// The fewest tokens of a text before its end.
  public var minimumTargetLength = 0

  let model: PretrainedModel
  let prompts: [Prompt]
  let team: ThreadTeam
  let groups: [Group]  // prompts that share a backbone and answer alike
  let places: [(group: Int, prompt: Int)]
  private let queryColumns: [QueryColumns]

  /// How a backbone answers.
  enum Group {
    case heads(Answering)
    case texts(Writing)
  }

  /// A predictor of named prompts.
  ///
  /// - Parameters:
  ///   - model: The backbone that the prompts belong to.
  ///   - prompts: The prompts and the names that queries use.
  ///   - threads: The replicas that share the work.
  ///   - isPinned: Whether each replica keeps to a core of its own.
  /// - Throws: ``PromptError`` if a prompt does not fit the backbone; ``PredictionError`` if two have
  ///   one name.
  public init(
    model: PretrainedModel, prompts: [(name: String, prompt: Prompt)], threads: Int = 1,
    isPinned: Bool = true
  ) throws {
    for (place, named) in prompts.enumerated() {
      guard !prompts[..<place].contains(where: { $0.name == named.name }) else {
        throw PredictionError.duplicateTask(named.name)
      }
      try named.prompt.check(against: model)
    }
    self.model = model
    self.prompts = prompts.map(\.prompt)
    names = prompts.map(\.name)
    queryColumns = prompts.map { QueryColumns(of: $0.prompt.card) }
    team = ThreadTeam(count: threads, isPinned: isPinned)
    var groups: [Group] = []
    var places = [(group: Int, prompt: Int)](repeating: (0, 0), count: prompts.count)
    func add(_ members: [Int], on backbone: any Backbone) {
      for (place, index) in members.enumerated() { places[index] = (groups.count, place) }
      groups.append(Self.group(backbone, members.map { prompts[$0].prompt }))
    }
    let shared = prompts.indices.filter { prompts[$0].prompt.backboneWeights == nil }
    for (_, members) in Dictionary(grouping: shared, by: { prompts[$0].prompt.head == nil }) {
      add(members, on: model.backbone)
    }
    for (index, named) in prompts.enumerated() {
      guard let weights = named.prompt.backboneWeights else { continue }
      add([index], on: try model.backbone(replacing: weights))
    }
    self.groups = groups
    self.places = places
  }

  private static func group(_ backbone: any Backbone, _ prompts: [Prompt]) -> Group {
    let tables = PromptTables(prompts.map(\.folded), for: backbone)
    if let model = backbone as? any EncoderDecoder, prompts.allSatisfy({ $0.head == nil }) {
      return .texts(Writing(model: model, tables: tables))
    }
    return .heads(
      Answering(
        backbone: backbone, tables: tables, poolings: prompts.map { $0.card.pooling ?? .cls },
        heads: prompts.compactMap(\.head).map {
          Linear(
            weight: Parameter("head.weight", $0.weight, isTrained: false),
            bias: Parameter("head.bias", $0.bias, isTrained: false))
        }))
  }

  // The card of the prompt at an index of `names`.
  func card(at index: Int) -> PromptCard { prompts[index].card }

  /// The index of the prompt that a query names.
  ///
  /// - Parameter task: The name; may be `nil` when there is one prompt only.
  /// - Returns: The index in ``names``.
  /// - Throws: ``PredictionError`` if there is no such prompt.
  public func index(of task: String?) throws -> Int {
    guard let task else {
      guard names.count == 1 else { throw PredictionError.missingTask(known: names) }
      return 0
    }
    guard let index = names.firstIndex(where: { $0.utf8.elementsEqual(task.utf8) }) else {
      throw PredictionError.unknownTask(task, known: names)
    }
    return index
  }

  /// Where a task's queries stand in objects and tables.
  ///
  /// - Parameter task: The name; may be `nil` when there is one prompt only.
  /// - Returns: The names of the columns.
  /// - Throws: ``PredictionError`` if there is no such prompt.
  public func queryColumns(of task: String?) throws -> QueryColumns {
    queryColumns[try index(of: task)]
  }

  /// Answers queries, all tasks in the same batches.
  ///
  /// - Parameter queries: The questions.
  /// - Returns: The answers, in order.
  /// - Throws: ``PredictionError`` if a query names no known prompt, the model cannot read it or the
  ///   answer is no number; `CheckpointError` if weights are none. Then none is answered; see
  ///   ``results(of:)``.
  public func predict(_ queries: [Query]) throws -> [Prediction] {
    let owners = try queries.map { try index(of: $0.task) }
    return try predict(
      prepared: PreparedQueries(
        team.map(queries.count) { preparedInput(queries[$0], number: $0, prompt: owners[$0]) }))
  }

  /// Tokenizes queries on the calling thread, while others may be answered.
  ///
  /// - Parameters:
  ///   - queries: The questions.
  ///   - firstNumber: The number of the first one. What is drawn for a query, where texts are drawn,
  ///     depends on its number, not on those that are answered with it.
  /// - Returns: What ``predict(prepared:)`` answers.
  /// - Throws: ``PredictionError`` if a query names no known prompt.
  public func prepared(_ queries: [Query], firstNumber: Int = 0) throws -> PreparedQueries {
    PreparedQueries(
      try queries.enumerated().map { place, query in
        preparedInput(query, number: firstNumber + place, prompt: try index(of: query.task))
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
  /// - Returns: For each, in order, the answer, a ``PredictionError`` that is about this query alone,
  ///   or a `CheckpointError` about weights that are not finite.
  public func results(of queries: PreparedQueries) -> [Result<Prediction, any Error>] {
    var results: [Result<Prediction, any Error>] = []
    var answers = self.answers(
      to: queries.inputs.compactMap { try? $0.get() }, answering: answering)[...]
    for input in queries.inputs {
      switch input {
      case .failure(let error): results.append(.failure(error))
      case .success: results.append(answers.removeFirst())
      }
    }
    return results
  }
}
