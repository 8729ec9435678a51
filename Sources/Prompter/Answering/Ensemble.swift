// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON
internal import PrompterKernels
public import PrompterTasks

/// Several prompts for one task, alone and together (Lester and others 2021, section 6).
public struct EnsembleEvaluation: Sendable {
  /// Each prompt's own scores.
  public var members: [Evaluation]
  /// The mean of the members' scores.
  public var average: [String: Double]
  /// The scores of the member that is best by the first metric.
  public var best: [String: Double]
  /// The scores of the answers that most members give.
  public var vote: Evaluation
}

extension Predictor {
  /// Scores prompts that were trained for one task with different seeds, alone and by their vote.
  ///
  /// Each example is answered under all prompts in the same batches. The answer of most prompts
  /// wins; among equals the one whose prompts are surer together.
  ///
  /// - Parameters:
  ///   - names: The prompts' names, at least one.
  ///   - dataset: Labelled examples.
  /// - Returns: The scores by the metrics of the first prompt's task.
  /// - Throws: As `evaluate(_:on:)` does.
  public func evaluateEnsemble(
    _ names: [String], on dataset: Dataset
  ) throws -> EnsembleEvaluation {
    let prompts = try names.map { try index(of: $0) }
    let scorers = try prompts.map {
      try LabelScorer(card(at: $0).task, dataset, name: self.names[$0])
    }
    return try ensemble(prompts, scorers)
  }

  /// Scores prompts whose answers are texts, alone and by their vote.
  ///
  /// - Parameters:
  ///   - names: The prompts' names, at least one.
  ///   - dataset: Texts with their answers.
  /// - Returns: The scores by the metrics of the first prompt's task.
  /// - Throws: As `evaluate(_:on:)` does.
  public func evaluateEnsemble(
    _ names: [String], on dataset: TextToTextDataset
  ) throws -> EnsembleEvaluation {
    let prompts = try names.map { try index(of: $0) }
    let scorers = try prompts.map {
      try TextScorer(card(at: $0).task, dataset, name: self.names[$0])
    }
    return try ensemble(prompts, scorers)
  }

  private func ensemble(_ prompts: [Int], _ scorers: [some Scorer]) throws -> EnsembleEvaluation {
    let stopwatch = Stopwatch()
    let perPrompt = try answers(of: prompts, to: scorers[0])
    let count = scorers[0].exampleCount
    let votes = (0..<count).map { example in self.vote(among: perPrompt.map { $0[example] }) }
    let members = prompts.indices.map {
      scorers[$0].evaluation(of: perPrompt[$0], name: names[prompts[$0]])
    }
    var vote = scorers[0].evaluation(of: votes, name: "vote")
    vote.seconds = stopwatch.seconds
    return EnsembleEvaluation(
      members: members, average: Self.average(members.map(\.metrics)),
      best: Self.best(members.map(\.metrics), by: card(at: prompts[0]).task.selectingMetric),
      vote: vote)
  }

  private func vote(among answers: [Evaluation.Answer]) -> Evaluation.Answer {
    var totals: [UTF8Key: (votes: Int, probability: Double)] = [:]
    for answer in answers {
      let key = UTF8Key(answer.text)
      let total = totals[key] ?? (0, 0)
      totals[key] = (total.votes + 1, total.probability + answer.probability)
    }
    let winner = totals.max {
      ($0.value.votes, $0.value.probability, $1.key)
        < ($1.value.votes, $1.value.probability, $0.key)
    }
    return Evaluation.Answer(
      text: winner?.key.text ?? "",
      probability: (winner?.value.probability ?? 0) / Double(max(1, answers.count)))
  }

  private static func average(_ scores: [[String: Double]]) -> [String: Double] {
    var sums: [String: Double] = [:]
    for score in scores { sums.merge(score) { $0 + $1 } }
    return sums.mapValues { $0 / Double(max(1, scores.count)) }
  }

  private static func best(
    _ scores: [[String: Double]], by metric: String?
  ) -> [String: Double] {
    scores.max { ($0[metric ?? ""] ?? 0) < ($1[metric ?? ""] ?? 0) } ?? [:]
  }
}
