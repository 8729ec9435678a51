// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCore
internal import PrompterJSON
internal import PrompterKernels
internal import PrompterTasks

extension Predictor {
  /// A text as its prompt's backbone reads it.
  struct Input: Sendable {
    /// The index of the prompt in ``names``.
    let prompt: Int
    let row: Row
    let isCut: Bool
    /// The answers to choose among; none where any text may be an answer.
    let choices: [String]
  }

  /// What a prompt's backbone reads of a query.
  func input(_ query: Query, prompt: Int) -> Input {
    let task = card(at: prompt).task
    guard let text = task.text else { return input(query.text, query.pair, prompt: prompt) }
    return input(text.input(of: query), prompt: prompt)
  }

  /// What a prompt's backbone reads of a text, answered by one of the prompt's labels or of `choices`.
  func input(
    _ text: String, _ pair: String? = nil, prompt: Int, choices: [String] = []
  ) -> Input {
    let encoding = model.tokenizer.encode(
      text, pair: pair, maximumLength: prompts[prompt].maximumLength(on: model.backbone))
    let row = EncodedInput(encoding).row(
      under: prompts[prompt].folded, prompt: places[prompt].prompt)
    return Input(
      prompt: prompt, row: row, isCut: encoding.truncatedCount > 0,
      choices: choices.isEmpty ? card(at: prompt).labels : choices)
  }

  /// Answers texts, all that share a backbone in the same batches.
  func answers(to inputs: [Input], answering: LabelAnswering) -> [Prediction] {
    var answers = [Prediction?](repeating: nil, count: inputs.count)
    func note(_ members: [Int], _ own: [Prediction]) {
      for (member, answer) in zip(members, own) { answers[member] = answer }
    }
    for (group, members) in Dictionary(
      grouping: inputs.indices, by: { places[inputs[$0].prompt].group })
    {
      switch groups[group] {
      case .heads(let heads):
        let logits = heads.logits(of: members.map { inputs[$0].row }, team: team)
        note(members, zip(members, logits).map { choice(inputs[$0], $1) })
      case .texts(let writing):
        let isRanked = { answering == .ranking && !inputs[$0].choices.isEmpty }
        let ranked = members.filter(isRanked)
        note(ranked, self.ranked(ranked.map { inputs[$0] }, by: writing))
        let written = members.filter { !isRanked($0) }
        note(written, self.written(written.map { inputs[$0] }, by: writing))
      }
    }
    return answers.compactMap(\.self)
  }

  private func choice(_ input: Input, _ scores: [Float]) -> Prediction {
    let (shares, winner) = (probabilities(of: scores), indexOfMaximum(scores))
    return Prediction(
      task: names[input.prompt], label: input.choices[winner], probability: shares[winner],
      labels: input.choices, probabilities: shares, isCut: input.isCut)
  }

  private func ranked(_ inputs: [Input], by writing: Writing) -> [Prediction] {
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
  private func written(_ inputs: [Input], by writing: Writing) -> [Prediction] {
    let lengths = inputs.map { answerLength(of: $0.prompt) }
    var answers = [Prediction?](repeating: nil, count: inputs.count)
    for (length, own) in Dictionary(grouping: inputs.indices, by: { lengths[$0] }) {
      let texts = writing.texts(
        for: own.map { inputs[$0].row }, firstNumber: own.first ?? 0,
        by: Generator(
          strategy, maximumLength: length, minimumLength: minimumTargetLength), team: team)
      for (place, text) in zip(own, texts) { answers[place] = answer(inputs[place], text) }
    }
    return answers.compactMap(\.self)
  }

  private func answer(_ input: Input, _ generated: GeneratedText) -> Prediction {
    let text = model.tokenizer.decode(generated.tokens)
    return Prediction(
      task: names[input.prompt],
      label: input.choices.firstIndex(writtenAs: text).map { input.choices[$0] },
      probability: exp(Double(generated.score)), text: text, isCut: input.isCut)
  }

  private func answerLength(of prompt: Int) -> Int {
    let card = card(at: prompt)
    return card.task.answerLength(
      tokenizer: model.tokenizer,
      maximum: maximumTargetLength ?? card.plan?.maximumTargetLength ?? 64)
  }
}

extension TextToTextDescription {
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
