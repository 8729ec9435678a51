// SPDX-License-Identifier: Apache-2.0

internal import PrompterCore
internal import PrompterNN
internal import PrompterPrompts
internal import PrompterTasks

/// A prompt that a predictor holds ready, with all that answering under it needs.
///
/// Nothing of it changes: a prompt that replaces another is another object, and what is being
/// answered keeps the one that it began with.
final class ResidentTask: Sendable {
  let name: String
  let card: PromptCard
  /// Where the prompt stands in a row, and nothing of what it has in the layers.
  let outline: FoldedPrompt
  /// Its vectors, keys and values.
  let resident: ResidentPrompt
  let kind: any TaskKind
  let columns: QueryColumns
  let backbone: any Backbone
  /// Whether the backbone is the prompt's own, fine-tuned one.
  let hasOwnBackbone: Bool
  let head: Linear?

  private let reader: TextReader
  private let isAboutPairs: Bool?

  /// Makes a prompt ready.
  ///
  /// - Throws: ``PromptError`` if the prompt does not fit the model, ``DataError`` for a kind of
  ///   task that is not known.
  init(_ prompt: Prompt, named name: String, on model: PretrainedModel) throws {
    try prompt.check(against: model)
    self.name = name
    card = prompt.card
    var outline = prompt.folded
    outline.deep = nil
    self.outline = outline
    kind = try prompt.card.task.asked()
    guard (prompt.head != nil) == (kind is any HeadKind),
      prompt.head != nil || model.textWriter != nil
    else {
      throw PromptError.unusable(
        file: name, value: "its kind of task", found: prompt.card.task.kind.rawValue,
        expected: "one whose answers a head gives, for the model \(model.name) writes none")
    }
    columns = QueryColumns(of: prompt.card)
    isAboutPairs = prompt.card.isAboutPairs
    backbone =
      try prompt.backboneWeights.map { try model.backbone(replacing: $0) } ?? model.backbone
    resident = ResidentPrompt(prompt.folded, for: backbone)
    hasOwnBackbone = prompt.backboneWeights != nil
    head = prompt.head.map {
      Linear(
        weight: Parameter("head.weight", $0.weight, isTrained: false),
        bias: Parameter("head.bias", $0.bias, isTrained: false))
    }
    var reader = TextReader(
      tokenizer: model.tokenizer, maximumLength: prompt.maximumLength(on: model.backbone),
      within: TextLimits(
        of: model.backbone, occupiedPositions: prompt.folded.occupiedPositions))
    reader.longTexts = prompt.card.longTexts ?? .cut
    self.reader = reader
  }

  /// What a head reads; [CLS] where nothing is said.
  var pooling: Pooling { card.pooling ?? .cls }

  /// What the backbone reads of a query.
  func input(
    of query: Query, number: Int, memo: TextMemo? = nil
  ) -> Result<PreparedInput, PredictionError> {
    Result { () throws(TextProblem) in
      try input(of: try kind.question(of: query), number: number, memo: memo)
    }.mapError { .unreadable(task: name, $0) }
  }

  /// What the backbone reads of a question.
  func input(
    of question: Question, number: Int, memo: TextMemo? = nil
  ) throws(TextProblem) -> PreparedInput {
    var reader = reader
    reader.memo = memo
    if let isAboutPairs, isAboutPairs != (question.pair != nil) {
      throw isAboutPairs ? .noPair : .isPair
    }
    let rows =
      if let kind = kind as? any HeadKind {
        try kind.rows(of: question, by: reader)
      } else {
        [try reader.input(question.text, question.pair)]
      }
    return PreparedInput(task: self, question: question, rows: rows, number: number)
  }

  /// The answers that a written one is chosen among; none where any text may be an answer.
  func choices(for question: Question) -> [String] {
    question.choices.isEmpty ? card.labels : question.choices
  }
}

/// A question as its prompt's backbone reads it.
struct PreparedInput: Sendable {
  let task: ResidentTask
  let question: Question
  let rows: [EncodedInput]
  /// What is drawn for it, where texts are drawn, depends on this.
  let number: Int

  var isCut: Bool { rows.contains(where: \.isCut) }

  /// The windows that its text is read in.
  var windowCount: Int { max(1, rows.count(where: \.isWindow)) }

  /// The rows, and what is read of them, under the prompt of an index.
  func readRows(prompt: Int) -> [ReadRow] {
    rows.map {
      ReadRow(
        row: $0.row(under: task.outline, prompt: prompt), slots: $0.slots(under: task.outline))
    }
  }
}

/// Queries as a predictor's backbones read them.
public struct PreparedQueries: Sendable {
  let inputs: [Result<PreparedInput, PredictionError>]

  init(_ inputs: [Result<PreparedInput, PredictionError>]) {
    self.inputs = inputs
  }

  /// All queries of some lists as one list.
  public init(joining lists: [PreparedQueries]) {
    inputs = lists.flatMap(\.inputs)
  }

  /// The number of queries.
  public var count: Int { inputs.count }
}
