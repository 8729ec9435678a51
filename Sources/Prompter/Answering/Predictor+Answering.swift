// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCore
internal import PrompterJSON
internal import PrompterKernels
internal import PrompterTasks
internal import PrompterTensor

extension Predictor {
  /// A text as its prompt's backbone reads it.
  struct Input: Sendable {
    /// The index of the prompt in ``names``.
    let prompt: Int
    let row: Row
    /// What is drawn for it, where texts are drawn, depends on this.
    let number: Int
    let isCut: Bool
    /// The answers to choose among; none where any text may be an answer.
    let choices: [String]
  }

  /// What a prompt's backbone reads of a query.
  func preparedInput(_ query: Query, number: Int, prompt: Int) -> PreparedQueries.Input {
    let text = card(at: prompt).task.text
    return Result { () throws(TextProblem) in
      if let text {
        if let problem = text.problem(of: query) { throw problem }
        return try input(text.input(of: query), number: number, prompt: prompt)
      }
      return try input(query.text, query.pair, number: number, prompt: prompt)
    }.mapError { .unreadable(task: names[prompt], $0) }
  }

  /// What a prompt's backbone reads of a text, answered by one of the prompt's labels or of `choices`.
  func input(
    _ text: String, _ pair: String? = nil, number: Int, prompt: Int, choices: [String] = []
  ) throws(TextProblem) -> Input {
    if let isAboutPairs = card(at: prompt).isAboutPairs, isAboutPairs != (pair != nil) {
      throw isAboutPairs ? .noPair : .isPair
    }
    let encoding = model.tokenizer.encode(
      text, pair: pair, maximumLength: prompts[prompt].maximumLength(on: model.backbone))
    let folded = prompts[prompt].folded
    let limits = TextLimits(
      of: model.backbone, occupiedPositions: folded.occupiedPositions)
    let row = try EncodedInput(encoding, within: limits).row(
      under: folded, prompt: places[prompt].prompt)
    return Input(
      prompt: prompt, row: row, number: number, isCut: encoding.truncatedCount > 0,
      choices: choices.isEmpty ? card(at: prompt).labels : choices)
  }

  typealias Answer = Result<Prediction, any Error>

  /// Answers texts, all that share a backbone in the same batches.
  func answers(to inputs: [Input], answering: LabelAnswering) -> [Answer] {
    var answers = [Answer?](repeating: nil, count: inputs.count)
    func note(_ members: [Int], _ own: [Answer], by backbone: any Backbone) {
      // An activation may have hidden from the answers what is not finite.
      let problem = backbone.weightProblem(in: model)
      for (member, answer) in zip(members, own) {
        answers[member] = problem.map { .failure($0) } ?? answer
      }
    }
    for (group, members) in Dictionary(
      grouping: inputs.indices, by: { places[inputs[$0].prompt].group })
    {
      switch groups[group] {
      case .heads(let heads):
        let logits = heads.logits(of: members.map { inputs[$0].row }, team: team)
        note(members, zip(members, logits).map { choice(inputs[$0], $1) }, by: heads.backbone)
      case .texts(let writing):
        let isRanked = { answering == .ranking && !inputs[$0].choices.isEmpty }
        let ranked = members.filter(isRanked)
        note(ranked, self.ranked(ranked.map { inputs[$0] }, by: writing), by: writing.model)
        let written = members.filter { !isRanked($0) }
        note(written, self.written(written.map { inputs[$0] }, by: writing), by: writing.model)
      }
    }
    return answers.compactMap(\.self)
  }

  private func choice(_ input: Input, _ scores: [Float]) -> Answer {
    guard scores.allSatisfy(\.isFinite) else { return .failure(notFinite(input)) }
    let (shares, winner) = (probabilities(of: scores), indexOfMaximum(scores))
    return .success(
      Prediction(
        task: names[input.prompt], label: input.choices[winner], probability: shares[winner],
        labels: input.choices, probabilities: shares, isCut: input.isCut))
  }

  // Why a row's answer is no number: the vector of a word, or else what became of them.
  private func notFinite(_ input: Input) -> PredictionError {
    let backbone =
      switch groups[places[input.prompt].group] {
      case .heads(let heads): heads.backbone
      case .texts(let writing): writing.model as any Backbone
      }
    let culprit = input.row.ids.first {
      $0 >= 0 && !Kernels.isFinite(backbone.wordEmbeddings(of: [$0]).buffer)
    }
    return .notFinite(
      task: names[input.prompt],
      token: culprit.map { model.tokenizer.piece(of: $0) ?? "\($0)" })
  }

  private func ranked(_ inputs: [Input], by writing: Writing) -> [Answer] {
    var tokens: [UTF8Key: [Int32]] = [:]
    for choice in Set(inputs.lazy.flatMap(\.choices).map(UTF8Key.init)) {
      tokens[choice] = model.tokenizer.encode(choice.text, pair: nil, maximumLength: .max).ids
    }
    let scores = writing.logLikelihoods(
      of: inputs.map { $0.choices.map { tokens[UTF8Key($0)] ?? [] } }, for: inputs.map(\.row),
      team: team)
    return zip(inputs, scores).map { choice($0, $1) }
  }

  // Rows whose answers may be of different lengths are written apart.
  private func written(_ inputs: [Input], by writing: Writing) -> [Answer] {
    let lengths = inputs.map { answerLength(of: $0.prompt) }
    var answers = [Answer?](repeating: nil, count: inputs.count)
    for (length, own) in Dictionary(grouping: inputs.indices, by: { lengths[$0] }) {
      let texts = writing.texts(
        for: own.map { inputs[$0].row }, numbers: own.map { inputs[$0].number },
        by: Generator(
          strategy, maximumLength: length, minimumLength: minimumTargetLength), team: team)
      for (place, text) in zip(own, texts) { answers[place] = answer(inputs[place], text) }
    }
    return answers.compactMap(\.self)
  }

  private func answer(_ input: Input, _ generated: GeneratedText) -> Answer {
    guard generated.score.isFinite else { return .failure(notFinite(input)) }
    let text = model.tokenizer.decode(generated.tokens)
    return .success(
      Prediction(
        task: names[input.prompt],
        label: input.choices.firstIndex(writtenAs: text).map { input.choices[$0] },
        probability: exp(Double(generated.score)), text: text, isCut: input.isCut))
  }

  private func answerLength(of prompt: Int) -> Int {
    let card = card(at: prompt)
    return card.task.answerLength(
      tokenizer: model.tokenizer,
      maximum: maximumTargetLength ?? card.plan?.maximumTargetLength ?? 64)
  }
}

extension TextToTextDescription {
  /// What a query lacks, or has that no column takes.
  fileprivate func problem(of query: Query) -> TextProblem? {
    let names = template.columns
    guard names.count > 1 else { return query.pair?.isEmpty == false ? .isPair : nil }
    let texts = [query.text.isEmpty ? nil : query.text, query.pair]
    let missing = names.indices.first {
      query.columns[names[$0]] == nil && ($0 < texts.count ? texts[$0] == nil : true)
    }
    return missing.map { $0 == 1 && query.columns.isEmpty ? .noPair : .noColumn(names[$0]) }
  }

  /// What the model reads of a query.
  func input(of query: Query) -> String {
    var values = query.columns
    for (column, value) in zip(template.columns, [query.text, query.pair ?? ""])
    where values[column] == nil && !value.isEmpty {
      values[column] = value
    }
    return template.text(spacesPunctuation ? values.mapValues { $0.spacingPunctuation() } : values)
  }
}
