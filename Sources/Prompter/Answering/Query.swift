// SPDX-License-Identifier: Apache-2.0

/// A question to one of a predictor's prompts.
public struct Query: Sendable, Equatable {
  /// The text.
  public var text: String
  /// The second text of a pair.
  public var pair: String?
  /// What stands in the columns of a text-to-text task's template, by their names.
  ///
  /// Where this says nothing, the text stands in the first column and the pair in the second.
  public var columns: [String: String]
  /// The prompt's name; may be left out when there is one prompt only.
  public var task: String?

  /// A question about a text, or a pair of texts, or about named columns.
  public init(
    _ text: String = "", _ pair: String? = nil, columns: [String: String] = [:],
    task: String? = nil
  ) {
    self.text = text
    self.pair = pair
    self.columns = columns
    self.task = task
  }
}

/// Queries as a predictor's backbones read them.
public struct PreparedQueries: Sendable {
  typealias Input = Result<Predictor.Input, PredictionError>

  let inputs: [Input]

  init(_ inputs: [Input]) {
    self.inputs = inputs
  }

  /// All queries of some lists as one list.
  public init(joining lists: [PreparedQueries]) {
    inputs = lists.flatMap(\.inputs)
  }

  /// The number of queries.
  public var count: Int { inputs.count }
}

/// How an encoder-decoder answers where a task has labels.
public enum LabelAnswering: String, Codable, Sendable, CaseIterable {
  /// By the label whose text is the most likely: always one of them, with probabilities.
  case ranking
  /// By writing freely, which may end in a text that is no label (Lester and others 2021).
  case generation
}

/// An answer.
public struct Prediction: Sendable, Equatable {
  /// The prompt's name.
  public var task: String
  /// The most probable label, or the one that was written; nil if what was written is none.
  public var label: String?
  /// The label's share among all labels, or the probability of the text that was written.
  public var probability: Double
  /// All labels, in index order; none if a text was written.
  public var labels: [String] = []
  /// Their probabilities.
  public var probabilities: [Double] = []
  /// The text that was written.
  public var text: String?
  /// Whether the text was cut because it was too long.
  public var isCut: Bool

  /// The answer in one string: the label, or the text that was written.
  public var answer: String { text ?? label ?? "" }

  /// An answer from its parts.
  public init(
    task: String, label: String?, probability: Double, labels: [String] = [],
    probabilities: [Double] = [], text: String? = nil, isCut: Bool = false
  ) {
    self.task = task
    self.label = label
    self.probability = probability
    self.labels = labels
    self.probabilities = probabilities
    self.text = text
    self.isCut = isCut
  }
}

/// Why a query cannot be answered.
public enum PredictionError: Error, Equatable, CustomStringConvertible {
  /// No prompt has this name.
  case unknownTask(String, known: [String])
  /// The query names no prompt and there are several.
  case missingTask(known: [String])
  /// Two prompts have the same name.
  case duplicateTask(String)
  /// The data are of another kind than what the prompt answers.
  case otherKind(task: String, isWritten: Bool)
  /// The model cannot read the query.
  case unreadable(task: String, TextProblem)
  /// What the model computes from the query is no number, perhaps because the vector of one of its
  /// tokens is none.
  case notFinite(task: String, token: String?)

  /// One sentence with what was found and what was expected.
  public var description: String {
    switch self {
    case .unknownTask(let name, let known):
      "There is no prompt `\(Self.shown(name))`; the prompts are \(known.joined(separator: ", "))."
    case .missingTask(let known):
      "The query names no task; the tasks are \(known.joined(separator: ", "))."
    case .duplicateTask(let name):
      "Two prompts are named `\(name)`; each needs a name of its own."
    case .otherKind(let task, let isWritten):
      "The prompt `\(task)` answers with \(isWritten ? "texts" : "labels by a head"), the data are "
        + "\(isWritten ? "labelled texts" : "texts with texts for answers")."
    case .unreadable(let task, let problem):
      "The prompt `\(task)` cannot answer: \(problem)."
    case .notFinite(let task, nil):
      "The answer of the prompt `\(task)` is not a finite number: what the model computes from this "
        + "text overflows."
    case .notFinite(let task, let token?):
      "The answer of the prompt `\(task)` is not a finite number: the model's vector of the token "
        + "`\(token)` is not finite."
    }
  }
  // A name comes from a query, which may be anything.
  private static func shown(_ name: String) -> String {
    let scalars = name.unicodeScalars
    return String(scalars.prefix(60)) + (scalars.dropFirst(60).isEmpty ? "" : "…")
  }
}
