// SPDX-License-Identifier: Apache-2.0

extension TokenClassification {
  /// The task's.
  public var metricNames: [String] { task.metricNames }

  /// All metrics of tags.
  public var otherMetricNames: [String] { TagMetric.allCases.map(\.rawValue) }

  /// The tag that a word has most often, whatever stands around it.
  public var baselineName: String { "usual tag of each word" }

  /// The scores of tags, beside those of giving each word the tag that it has most often in the
  /// other texts of the set.
  public func evaluation(
    of answers: [Evaluation.Answer], to examples: TaggedDataset, name: String
  ) throws -> Evaluation {
    let references = try examples.examples.indices.map { try tagIndices(of: $0, in: examples) }
    let labels = try labels
    // A word without an answer, of whoever made answers of his own, has none of the tags.
    let predictions = zip(answers, references).map { answer, reference in
      let given = answer.text.utf8.split(separator: Byte.space).map {
        labels.firstIndex(of: String(Substring($0))) ?? -1
      }
      return (0..<reference.count).map { given.indices.contains($0) ? given[$0] : -1 }
    }
    let texts = zip(examples.examples.map(\.words), references)
    var usual = UsualTags(texts.map { (words: $0, tags: $1) })
    let baseline = texts.map { usual.tagsByOthers(of: $0, tagged: $1) }
    let confusion = tags.hasSpans ? nil : matrix(of: predictions, beside: references)
    return Evaluation(
      task: name, examples: references.count, metrics: scores(of: predictions, references),
      baseline: scores(of: baseline, references), confusion: confusion, labels: task.labels,
      spans: tags.hasSpans ? spanScores(of: predictions, references) : nil, answers: answers)
  }

  /// The scores of giving each word the tag that it has most often in the training data.
  public func baseline(
    of training: TaggedDataset, on examples: TaggedDataset
  ) throws -> [String: Double] {
    let usual = UsualTags(
      try training.examples.indices.map {
        (words: training.examples[$0].words, tags: try tagIndices(of: $0, in: training))
      })
    return scores(
      of: examples.examples.map { usual.tags(of: $0.words) },
      try examples.examples.indices.map { try tagIndices(of: $0, in: examples) })
  }

  /// For each word the tag that most prompts give, of equals that of the surest prompt.
  public func vote(among answers: [Evaluation.Answer]) -> Evaluation.Answer {
    let ranked = answers.enumerated().sorted {
      ($1.element.probability, $0.offset) < ($0.element.probability, $1.offset)
    }.map { $0.element.text.split(separator: " ").map(String.init) }
    let words = ranked.first.map { first in
      first.indices.map { word in
        let given = ranked.compactMap { $0.indices.contains(word) ? $0[word] : nil }
        let most = given.map { tag in given.count { $0 == tag } }.max()
        return given.first { tag in given.count { $0 == tag } == most } ?? ""
      }
    }
    return Evaluation.Answer(
      text: (words ?? []).joined(separator: " "),
      probability: answers.reduce(0) { $0 + $1.probability } / Double(max(1, answers.count)))
  }

  // The words' tags against each other, words without an answer left out.
  private func matrix(of predictions: [[Int]], beside references: [[Int]]) -> ConfusionMatrix {
    let words = zip(predictions.joined(), references.joined()).filter { $0.0 >= 0 }
    return ConfusionMatrix(
      predictions: words.map(\.0), references: words.map(\.1), labelCount: task.labels.count)
  }

  private func scores(of predictions: [[Int]], _ references: [[Int]]) -> [String: Double] {
    let count = references.reduce(0) { $0 + $1.count }
    let right = zip(predictions.joined(), references.joined()).count { $0 == $1 }
    let micro = tallies(predictions, references, tags.spans).reduce(SpanTally(), +).scores
    let values = task.metrics.compactMap { TagMetric(rawValue: $0.rawValue) }.map { metric in
      let value =
        switch metric {
        case .f1: micro.f1
        case .precision: micro.precision
        case .recall: micro.recall
        case .accuracy: count == 0 ? 0 : Double(right) / Double(count)
        case .strictF1:
          tallies(predictions, references, tags.strictSpans).reduce(SpanTally(), +).scores.f1
        case .macroF1: matrix(of: predictions, beside: references).macroF1
        }
      return (metric.rawValue, value)
    }
    return Dictionary(values) { first, _ in first }
  }

  private func spanScores(
    of predictions: [[Int]], _ references: [[Int]]
  ) -> [Evaluation.SpanScores] {
    zip(tags.types, tallies(predictions, references, tags.spans))
      .filter { $1.support + $1.predicted > 0 }
      .map { Evaluation.SpanScores(type: $0, scores: $1.scores) }
  }

  private func tallies(
    _ predictions: [[Int]], _ references: [[Int]], _ spans: ([Int]) -> [TagSet.Span]
  ) -> [SpanTally] {
    let own = tagging.marksPredicate ? tags.types.firstIndex(of: "V") : nil
    return SpanTally.tallies(
      of: predictions, beside: references, typeCount: tags.types.count
    ) { spans($0).filter { $0.type != own } }
  }
}
