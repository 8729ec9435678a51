// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
internal import PrompterCore
internal import PrompterKernels
internal import PrompterNN
internal import PrompterTasks

/// A question to one of a predictor's prompts.
public struct Query: Sendable, Equatable {
  /// The text.
  public var text: String
  /// The second text of a pair.
  public var pair: String?
  /// The prompt's name; may be left out when there is one prompt only.
  public var task: String?

  /// A question about a text, or a pair of texts.
  public init(_ text: String, _ pair: String? = nil, task: String? = nil) {
    self.text = text
    self.pair = pair
    self.task = task
  }
}

/// An answer.
public struct Prediction: Sendable, Equatable {
  /// The prompt's name.
  public var task: String
  /// The most probable label.
  public var label: String
  /// Its probability.
  public var probability: Double
  /// All labels, in index order.
  public var labels: [String]
  /// Their probabilities.
  public var probabilities: [Double]
  /// Whether the text was cut because it was too long.
  public var isCut: Bool
}

/// Why a query cannot be answered.
public enum PredictionError: Error, Equatable, CustomStringConvertible {
  /// No prompt has this name.
  case unknownTask(String, known: [String])
  /// The query names no prompt and there are several.
  case missingTask(known: [String])
  /// Two prompts have the same name.
  case duplicateTask(String)

  /// One sentence with what was found and what was expected.
  public var description: String {
    switch self {
    case .unknownTask(let name, let known):
      "There is no prompt `\(name)`; the prompts are \(known.joined(separator: ", "))."
    case .missingTask(let known):
      "The query names no task; the tasks are \(known.joined(separator: ", "))."
    case .duplicateTask(let name):
      "Two prompts are named `\(name)`; each needs a name of its own."
    }
  }
}

/// Many prompts over one backbone, answering batches whose rows belong to different tasks.
///
/// Prompts may differ in length, layers, method, pooling and labels. Each row is answered exactly as
/// it would be alone. Fine-tuned prompts bring their own backbone.
public struct Predictor: Sendable {
  /// The prompts' names, in order.
  public let names: [String]

  private let model: PretrainedModel
  private let prompts: [Prompt]
  private let groups: [Answering]  // prompts that share a backbone
  private let places: [(group: Int, prompt: Int)]
  private let team: ThreadTeam

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
    team = ThreadTeam(count: threads, isPinned: isPinned)
    let shared = prompts.indices.filter { prompts[$0].prompt.backboneWeights == nil }
    var groups = [Self.answering(model.backbone, shared.map { prompts[$0].prompt })]
    var places = [(group: Int, prompt: Int)](repeating: (0, 0), count: prompts.count)
    for (place, index) in shared.enumerated() { places[index] = (0, place) }
    for (index, named) in prompts.enumerated() {
      guard let weights = named.prompt.backboneWeights else { continue }
      let own = try model.backbone(replacing: weights)
      places[index] = (groups.count, 0)
      groups.append(Self.answering(own, [named.prompt]))
    }
    self.groups = groups
    self.places = places
  }

  private static func answering(_ backbone: any Backbone, _ prompts: [Prompt]) -> Answering {
    Answering(
      backbone: backbone,
      tables: PromptTables(prompts.map(\.folded), for: backbone),
      poolings: prompts.map(\.card.pooling),
      heads: prompts.compactMap(\.head).map {
        Linear(
          weight: Parameter("head.weight", $0.weight, isTrained: false),
          bias: Parameter("head.bias", $0.bias, isTrained: false))
      })
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
    guard let index = names.firstIndex(of: task) else {
      throw PredictionError.unknownTask(task, known: names)
    }
    return index
  }

  /// Answers queries, all tasks in the same batches.
  ///
  /// - Parameter queries: The questions.
  /// - Returns: The answers, in order.
  /// - Throws: ``PredictionError`` if a query names no known prompt; then none is answered.
  public func predict(_ queries: [Query]) throws -> [Prediction] {
    let indices = try queries.map { try index(of: $0.task) }
    let encoded = team.map(queries.count) { encode(queries[$0], prompt: indices[$0]) }
    let rows = encoded.map(\.row)
    let logits = logits(of: rows, groups: indices.map { places[$0].group })
    return queries.indices.map { place in
      let shares = probabilities(of: logits[place])
      let labels = prompts[indices[place]].card.labels
      let winner = indexOfMaximum(logits[place])
      return Prediction(
        task: names[indices[place]], label: labels[winner], probability: shares[winner],
        labels: labels, probabilities: shares, isCut: encoded[place].isCut)
    }
  }

  private func encode(_ query: Query, prompt index: Int) -> (row: Row, isCut: Bool) {
    let encoding = model.tokenizer.encode(
      query.text, pair: query.pair,
      maximumLength: prompts[index].maximumLength(on: model.backbone))
    let row = Row(
      text: encoding.ids, segments: encoding.segments,
      virtualTokens: prompts[index].folded.inputLength, prompt: places[index].prompt)
    return (row, encoding.truncatedCount > 0)
  }

  private func logits(of rows: [Row], groups owners: [Int]) -> [[Float]] {
    var logits = [[Float]](repeating: [], count: rows.count)
    for (group, members) in Dictionary(grouping: rows.indices, by: { owners[$0] }) {
      let answers = groups[group].logits(of: members.map { rows[$0] }, team: team)
      for (row, answer) in zip(members, answers) { logits[row] = answer }
    }
    return logits
  }
}
