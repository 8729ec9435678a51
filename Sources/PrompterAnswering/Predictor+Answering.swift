// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCheckpoint
internal import PrompterCore
internal import PrompterJSON
internal import PrompterKernels
internal import PrompterPrompts
internal import PrompterTasks
internal import PrompterTensor
internal import PrompterTokenizer

extension Predictor {
  typealias Outcome = Result<Prediction, any Error>

  // What shares its batches: a backbone, and whether it writes.
  private struct Group: Hashable {
    let backbone: ObjectIdentifier?
    let isWritten: Bool

    init(_ task: ResidentTask) {
      backbone = task.hasOwnBackbone ? ObjectIdentifier(task) : nil
      isWritten = task.kind is any WriterKind
    }
  }

  /// Answers questions, all that share a backbone in the same batches.
  func answers(to inputs: [PreparedInput]) -> [Outcome] {
    var answers = [Outcome?](repeating: nil, count: inputs.count)
    for members in Dictionary(grouping: inputs.indices, by: { Group(inputs[$0].task) }).values {
      let own = members.map { inputs[$0] }
      let backbone = own[0].task.backbone
      let found =
        own[0].task.kind is any WriterKind ? written(own, by: backbone) : headed(own, by: backbone)
      // An activation may have hidden from the answers what is not finite.
      let problem = backbone.weightProblem(in: model)
      for (member, answer) in zip(members, found) {
        answers[member] = problem.map { .failure($0) } ?? answer
      }
    }
    return answers.compactMap(\.self)
  }

  // The tasks of some inputs, each once, and the place of each input's among them.
  private func tasks(of inputs: [PreparedInput]) -> (tasks: [ResidentTask], places: [Int]) {
    var (tasks, known) = ([ResidentTask](), [ObjectIdentifier: Int]())
    let places = inputs.map { input in
      let id = ObjectIdentifier(input.task)
      if let place = known[id] { return place }
      known[id] = tasks.count
      tasks.append(input.task)
      return tasks.count - 1
    }
    return (tasks, places)
  }

  // Why an answer is no number: the vector of a word, or else what became of them.
  private func notFinite(_ input: PreparedInput) -> PredictionError {
    let culprit = input.rows.lazy.flatMap(\.ids).first {
      !Kernels.isFinite(input.task.backbone.wordEmbeddings(of: [$0]).buffer)
    }
    return .notFinite(
      task: input.task.name,
      token: culprit.map { model.tokenizer.piece(of: $0) ?? "\($0)" })
  }

  private func result(_ input: PreparedInput, _ isFinite: Bool, _ answer: () -> any Answer)
    -> Outcome
  {
    guard isFinite else { return .failure(notFinite(input)) }
    return .success(
      Prediction(
        task: input.task.name, content: answer(), isCut: input.isCut,
        windowCount: input.windowCount))
  }
}

// MARK: - Heads

extension Predictor {
  private func headed(_ inputs: [PreparedInput], by backbone: any Backbone) -> [Outcome] {
    let (tasks, places) = tasks(of: inputs)
    let pass = HeadPass(
      backbone: backbone, prompts: tasks.map(\.resident),
      poolings: tasks.map(\.pooling), heads: tasks.compactMap(\.head))
    var outputs = pass.outputs(
      of: zip(inputs, places).flatMap { $0.readRows(prompt: $1) }, team: team)[...]
    return inputs.map { input in
      let own = Array(outputs.prefix(input.rows.count))
      outputs = outputs.dropFirst(input.rows.count)
      return result(input, own.allSatisfy { $0.allSatisfy(\.isFinite) }) {
        answer(of: input, from: own)
      }
    }
  }

  private func answer(of input: PreparedInput, from outputs: [[Float]]) -> any Answer {
    guard let kind = input.task.kind as? any HeadKind else {
      preconditionFailure("Only heads have outputs.")
    }
    var calibration = input.task.card.calibration
    if !isCalibrated { calibration.temperature = .one }
    return kind.answer(from: outputs, of: input.rows, to: input.question, by: calibration)
  }
}

// MARK: - Written answers

extension Predictor {
  private func written(_ inputs: [PreparedInput], by backbone: any Backbone) -> [Outcome] {
    guard let model = backbone as? any TextWriter else {
      preconditionFailure("A prompt whose answers are written was checked against the model.")
    }
    let (tasks, places) = tasks(of: inputs)
    let writing = Writing(model: model, prompts: tasks.map(\.resident))
    let rows = zip(inputs, places).map { $0.rows[0].row(under: $0.task.outline, prompt: $1) }
    var results = [Outcome?](repeating: nil, count: inputs.count)
    func note(_ members: [Int], _ own: [Outcome]) {
      for (member, result) in zip(members, own) { results[member] = result }
    }
    func isRanked(_ place: Int) -> Bool {
      answering == .ranking && !inputs[place].task.choices(for: inputs[place].question).isEmpty
    }
    let ranked = inputs.indices.filter(isRanked)
    note(ranked, self.ranked(ranked.map { inputs[$0] }, ranked.map { rows[$0] }, by: writing))
    // Rows whose answers may be of different lengths are written apart.
    let free = inputs.indices.filter { !isRanked($0) }
    for (length, own) in Dictionary(grouping: free, by: { answerLength(of: inputs[$0].task) }) {
      note(
        own,
        texts(own.map { inputs[$0] }, own.map { rows[$0] }, length: length, by: writing))
    }
    return results.compactMap(\.self)
  }

  private func ranked(
    _ inputs: [PreparedInput], _ rows: [Row], by writing: Writing
  ) -> [Outcome] {
    let choices = inputs.map { $0.task.choices(for: $0.question) }
    var tokens: [UTF8Key: [Int32]] = [:]
    for choice in Set(choices.lazy.joined().map(UTF8Key.init)) {
      tokens[choice] = model.tokenizer.encode(choice.text, pair: nil, maximumLength: .max).ids
    }
    let scores = writing.logLikelihoods(
      of: choices.map { $0.map { tokens[UTF8Key($0)] ?? [] } }, for: rows, team: team)
    return zip(inputs, scores).map { input, scores in
      result(input, scores.allSatisfy(\.isFinite)) {
        writer(of: input).answer(ranked: scores, to: input.question)
      }
    }
  }

  private func texts(
    _ inputs: [PreparedInput], _ rows: [Row], length: Int, by writing: Writing
  ) -> [Outcome] {
    let generator = Generator(
      strategy, maximumLength: length, minimumLength: minimumTargetLength)
    let texts = writing.texts(
      for: rows, numbers: inputs.map(\.number), by: generator, team: team)
    return zip(inputs, texts).map { input, text in
      result(input, text.score.isFinite) {
        writer(of: input).answer(
          written: model.tokenizer.decode(text.tokens), probability: exp(Double(text.score)),
          to: input.question)
      }
    }
  }

  private func writer(of input: PreparedInput) -> any WriterKind {
    guard let kind = input.task.kind as? any WriterKind else {
      preconditionFailure("Only writers write.")
    }
    return kind
  }

  private func answerLength(of task: ResidentTask) -> Int {
    task.card.task.answerLength(
      tokenizer: model.tokenizer,
      maximum: maximumTargetLength ?? task.card.plan?.maximumTargetLength ?? 64)
  }
}
