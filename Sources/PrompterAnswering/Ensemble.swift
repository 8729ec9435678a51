// SPDX-License-Identifier: Apache-2.0

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
  /// The scores of the answers that the members give together.
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
  ///   - examples: Examples with answers, of the kind of the prompts' task.
  /// - Returns: The scores by the metrics of the first prompt's task.
  /// - Throws: As `evaluate(_:on:)` does.
  public func evaluateEnsemble(
    _ names: [String], on examples: some ExampleSet
  ) throws -> EnsembleEvaluation {
    let tasks = try names.map { try resident(named: $0) }
    precondition(!tasks.isEmpty, "An ensemble has a prompt at least.")
    return try ensemble(tasks, tasks[0].kind, on: examples)
  }

  private func ensemble<Kind: TaskKind>(
    _ tasks: [ResidentTask], _ kind: Kind, on examples: some ExampleSet
  ) throws -> EnsembleEvaluation {
    for task in tasks { _ = try own(examples, of: task, task.kind) }
    let own = try self.own(examples, of: tasks[0], kind)
    let stopwatch = Stopwatch()
    let perPrompt = try answers(of: tasks, kind, to: own)
    let members = try tasks.indices.map {
      try perPrompt[$0].evaluation(by: kind, on: own, name: tasks[$0].name)
    }
    let votes = own.examples.indices.map { example in
      kind.vote(among: perPrompt.map { $0.answers[example] })
    }
    var vote = try kind.evaluation(of: votes, to: own, name: "vote")
    vote.seconds = stopwatch.seconds
    return EnsembleEvaluation(
      members: members, average: Self.average(members.map(\.metrics)),
      best: Self.best(members.map(\.metrics), by: kind.metricNames.first), vote: vote)
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
