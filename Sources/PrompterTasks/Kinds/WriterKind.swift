// SPDX-License-Identifier: Apache-2.0

/// A kind of task whose answers a model writes, or finds the likeliest among some.
public protocol WriterKind: TaskKind {
  /// The text to learn as an example's answer; nil without one.
  func target(of example: Int, in examples: Examples) -> String?

  /// The answer that was written.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - probability: Its probability.
  ///   - question: What was asked.
  /// - Returns: The answer.
  func answer(written text: String, probability: Double, to question: Question) -> any Answer

  /// The answer that is the likeliest of the question's choices, or else of the task's labels.
  ///
  /// - Parameters:
  ///   - logLikelihoods: That of each, in nats.
  ///   - question: What was asked.
  /// - Returns: The answer.
  func answer(ranked logLikelihoods: [Float], to question: Question) -> any Answer
}
