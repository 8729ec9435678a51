// SPDX-License-Identifier: Apache-2.0

import Prompter

/// How many queries were answered, and what else is told at the end.
struct AnswerTally {
  /// How the queries are written.
  let queries: QueryFormat
  /// Whether nobody said so.
  let isGuessed: Bool
  /// How the answers are written.
  let answers: AnswerFormat

  private var answered = 0
  private var failures = 0
  private var lastLine = 0
  private var blankLines = 0
  private var longTexts = LongTextCounts()

  private static let mostTold = 10

  init(queries: QueryFormat, isGuessed: Bool, answers: AnswerFormat) {
    (self.queries, self.isGuessed, self.answers) = (queries, isGuessed, answers)
  }

  /// Counts outcomes, and tells the first failures where their lines cannot.
  mutating func add(_ outcomes: [QueryOutcome]) {
    for outcome in outcomes {
      blankLines += max(0, outcome.line - lastLine - 1)
      lastLine = outcome.line
      longTexts.add(outcome)
      guard let failure = outcome.failures.first else {
        answered += 1
        continue
      }
      failures += 1
      if answers == .label, failures <= Self.mostTold {
        Output.note("Line \(outcome.line): \(failure)")
      }
    }
  }

  /// Tells how it went.
  ///
  /// - Parameters:
  ///   - seconds: How long the work took.
  ///   - console: Where it is told.
  /// - Throws: ``PartialFailure`` if some queries were not answered.
  func conclude(seconds: Double, _ console: OutputOptions) throws {
    console.note(
      "Answered \(Text.count(answered)) queries in \(Text.time(seconds)) of work: "
        + "\(Text.fixed(Double(answered) / max(seconds, 1e-9), 1)) a second.")
    for (count, end) in [(longTexts.cut, "were cut"), (longTexts.windowed, "were read in windows")]
    where count > 0 {
      console.note("\(Text.count(count)) texts are longer than their prompt reads and \(end).")
    }
    // Whoever puts labels beside texts has to know.
    if queries == .text, blankLines > 0 {
      console.note("Blank lines have no answer: \(Text.count(blankLines)).")
    }
    guard failures > 0 else { return }
    let place = answers == .label ? "their lines are empty" : "their lines say why"
    let hint =
      answered == 0 && queries == .jsonl && isGuessed
      ? " --input-format text, csv or tsv reads what is not JSON." : ""
    throw PartialFailure("\(failures) queries were not answered; \(place).\(hint)")
  }
}

extension LongTextCounts {
  // A query that several prompts answer counts once.
  fileprivate mutating func add(_ outcome: QueryOutcome) {
    let answers = outcome.results.compactMap { try? $0.answer.get() }
    if answers.contains(where: \.isCut) { cut += 1 }
    if answers.contains(where: { $0.windowCount > 1 }) { windowed += 1 }
  }
}
