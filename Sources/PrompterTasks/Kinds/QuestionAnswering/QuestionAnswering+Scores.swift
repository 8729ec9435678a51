// SPDX-License-Identifier: Apache-2.0

extension QuestionAnswering {
  /// The task's: F1 and exact match.
  public var metricNames: [String] { task.metricNames }

  /// The scores of answers by the rules of SQuAD, the mean over questions; where a text may
  /// have no answer also those of the questions that have one, and of those that have none.
  ///
  /// | name | what |
  /// | --- | --- |
  /// | `f1`, `exact_match` | all questions |
  /// | `has_answer_f1`, `has_answer_exact_match` | those that have an answer |
  /// | `no_answer_f1`, `no_answer_exact_match` | those that have none: the share answered so |
  public func evaluation(
    of answers: [Evaluation.Answer], to examples: SpanDataset, name: String
  ) throws -> Evaluation {
    try check(examples)
    return Evaluation(
      task: name, examples: examples.count, metrics: scores(of: answers.map(\.text), on: examples),
      baseline: try baseline(of: examples, on: examples), answers: answers)
  }

  /// The scores of what does not read the question.
  public func baseline(
    of training: SpanDataset, on examples: SpanDataset
  ) throws -> [String: Double] {
    scores(
      of: examples.examples.map {
        task.spans?.allowsNoAnswer == true ? "" : $0.context.firstSentence
      }, on: examples)
  }

  /// No answer where there may be none, else the text's first sentence.
  public var baselineName: String {
    task.spans?.allowsNoAnswer == true ? "empty answer" : "first sentence"
  }

  private func scores(of answers: [String], on examples: SpanDataset) -> [String: Double] {
    let allowsNoAnswer = task.spans?.allowsNoAnswer == true
    let scores = zip(answers, examples.examples).map { answer, example in
      AnswerScore(
        of: answer, example.answers?.map(\.text) ?? [], allowsNoAnswer: allowsNoAnswer)
    }
    var means = means(of: scores, named: "")
    guard allowsNoAnswer else { return means }
    let parts = zip(scores, examples.examples)
    means.merge(
      self.means(of: parts.filter { !$1.isUnanswerable }.map(\.0), named: "has_answer_")
    ) { $1 }
    means.merge(
      self.means(of: parts.filter { $1.isUnanswerable }.map(\.0), named: "no_answer_")
    ) { $1 }
    return means
  }

  // None of no questions, but 0 of all of them.
  private func means(of scores: [AnswerScore], named prefix: String) -> [String: Double] {
    guard !scores.isEmpty || prefix.isEmpty else { return [:] }
    let count = Double(max(1, scores.count))
    return [
      "\(prefix)\(MetricName.f1.rawValue)": scores.reduce(0) { $0 + $1.f1 } / count,
      "\(prefix)\(TextMetric.exactMatch.rawValue)": scores.reduce(0) { $0 + $1.exactMatch } / count,
    ]
  }
}

extension String {
  /// Up to the first mark that ends a sentence and has a blank or nothing behind it, or that of a
  /// script without blanks; all without one.
  fileprivate var firstSentence: String {
    var sentence = String.UnicodeScalarView()
    var isEnded = false
    for scalar in unicodeScalars {
      if isEnded, scalar.properties.isWhitespace { break }
      sentence.append(scalar)
      if "。！？".unicodeScalars.contains(scalar) { break }
      isEnded = ".!?".unicodeScalars.contains(scalar)
    }
    return String(sentence)
  }
}
