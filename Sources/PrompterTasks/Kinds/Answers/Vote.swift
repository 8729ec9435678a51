// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

extension TaskKind {
  /// The answer that most prompts give; among equals the one whose prompts are surer together.
  public func vote(among answers: [Evaluation.Answer]) -> Evaluation.Answer {
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
}
