// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
public import PrompterTasks

extension Predictor {
  /// Scores one prompt.
  ///
  /// The baseline does not read: it gives the most frequent answer of the set itself, the most that
  /// can be reached so. Answers that are texts are written or ranked as ``answering`` says.
  ///
  /// - Parameters:
  ///   - name: The prompt's name.
  ///   - examples: Examples with answers, of the kind of the prompt's task.
  /// - Returns: The scores by the metrics of the prompt's task.
  /// - Throws: ``PredictionError`` if there is no such prompt, or one of another kind;
  ///   ``DataError`` for an answer that the prompt does not know, or an example that it cannot
  ///   read.
  public func evaluate(_ name: String, on examples: some ExampleSet) throws -> Evaluation {
    let task = try resident(named: name)
    return try evaluation(of: task, task.kind, on: examples)
  }

  private func evaluation<Kind: TaskKind>(
    of task: ResidentTask, _ kind: Kind, on examples: some ExampleSet
  ) throws -> Evaluation {
    let own = try self.own(examples, of: task, kind)
    let stopwatch = Stopwatch()
    let answers = try answers(of: [task], kind, to: own)[0]
    let seconds = stopwatch.seconds
    var evaluation = try answers.evaluation(by: kind, on: own, name: task.name)
    evaluation.seconds = seconds
    return evaluation
  }

  /// Examples as a prompt's kind of task has them, all of them ones that it can score.
  func own<Kind: TaskKind>(
    _ examples: some ExampleSet, of task: ResidentTask, _ kind: Kind
  ) throws -> Kind.Examples {
    guard let own = examples as? Kind.Examples else {
      throw PredictionError.otherKind(task: task.name, isWritten: kind is any WriterKind)
    }
    try kind.check(own)
    return own
  }

  /// What each of some prompts answers to examples, all in the same batches.
  ///
  /// - Throws: ``DataError`` with the first example that cannot be answered; `CheckpointError` if
  ///   weights are not finite.
  func answers<Kind: TaskKind>(
    of tasks: [ResidentTask], _ kind: Kind, to examples: Kind.Examples
  ) throws -> [PromptAnswers] {
    let count = examples.count
    func unusable(_ place: Int, _ reason: String) -> DataError {
      .unusableExample(
        file: examples.file, place: examples.place(of: place % count), reason: reason)
    }
    let inputs = team.map(tasks.count * count) { place in
      Result { () throws(TextProblem) in
        try tasks[place / count].input(
          of: kind.question(of: place % count, in: examples), number: place)
      }
    }
    let readable = try inputs.enumerated().map { place, input in
      do { return try input.get() } catch { throw unusable(place, "\(error)") }
    }
    let answers = try answers(to: readable).enumerated().map { place, answer in
      do { return Evaluation.Answer(try answer.get().content) } catch is PredictionError {
        throw unusable(place, "the answer is not a finite number")
      }
    }
    return tasks.indices.map { task in
      let own = task * count..<(task + 1) * count
      return PromptAnswers(
        answers: Array(answers[own]),
        longTexts: readable[own].reduce(into: LongTextCounts()) { $0.add($1.rows) })
    }
  }
}

/// What one prompt answers to examples.
struct PromptAnswers {
  let answers: [Evaluation.Answer]
  let longTexts: LongTextCounts

  /// Their scores.
  func evaluation<Kind: TaskKind>(
    by kind: Kind, on examples: Kind.Examples, name: String
  ) throws -> Evaluation {
    var evaluation = try kind.evaluation(of: answers, to: examples, name: name)
    evaluation.longTexts = longTexts
    return evaluation
  }
}
