// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTensor
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct SpanSearchTests {
  private func search(
    _ outputs: [[Float]], _ rows: [EncodedInput], longest: Int = 30, keeping count: Int = 20
  ) -> SpanSearch {
    SpanSearch(outputs, of: rows, longest: longest, keeping: count)
  }

  @Test func `the best span has its start before its end and is not too long`() {
    let rows = [window(tokens(0..<6))]
    let outputs = [scores(7, starts: [1: 2, 5: 4], ends: [2: 3, 6: 1, 1: 2])]
    // Place 5 to 6 scores 5, as does 1 to 2: of equal ones the first.
    #expect(search(outputs, rows).best.prefix(2).map(\.range) == [0..<5, 12..<17])
    #expect(search(outputs, rows).best.first?.score == 5)
    #expect(search(outputs, rows, longest: 1).best.first?.range == 0..<2)
    let backwards = [scores(7, starts: [6: 9], ends: [1: 9])]
    #expect(search(backwards, rows).best.first?.score == 9)
  }

  @Test func `all spans are looked at, and the best kept in order`() {
    var random = SeededRandom(seed: 4)
    let rows = [window(tokens(0..<9))]
    let outputs = random.tensor([20], in: -3...3).values
    let all = (1...9).flatMap { start in
      (start...min(9, start + 3)).map { Double(outputs[2 * start]) + Double(outputs[2 * $0 + 1]) }
    }.sorted(by: >)
    let found = search([outputs], rows, longest: 4, keeping: 7)
    #expect(found.best.map(\.score) == Array(all.prefix(7)))
    let sum = found.logSum(factor: 0.5, top: all[0], noAnswer: 1)
    let expected = log(
      all.reduce(exp(0.5 * (1 - all[0]))) { $0 + exp(0.5 * ($1 - all[0])) })
    #expect(abs(sum - expected) < 1e-12)
  }

  @Test func `where windows overlap a span counts where its start has more context`() {
    let rows = [window(tokens(0..<6)), window(tokens(4..<10))]
    // Token 4 is in the middle of neither, but nearer to the first one's.
    let first = scores(7, starts: [5: 3, 6: 1], ends: [6: 1])
    let second = scores(7, starts: [1: 9, 2: 5], ends: [3: 1])
    let found = search([first, second], rows)
    // Of token 4, as place 5 of the first, and of token 5, as place 2 of the second.
    #expect(found.best.map(\.score).max() == 6)
    #expect(found.best.first?.range == 15..<20)
    #expect(found.best.contains { $0.range == 12..<17 && $0.score == 4 })
    let ranges = found.best.map(\.range)
    #expect(Set(ranges).count == ranges.count)
    #expect(found.score(of: [.init(start: 5, end: 6), .init(start: 1, end: 2)]) == 4)
    #expect(found.score(of: [.none, .init(start: 1, end: 2)]) == nil)
  }

  @Test func `a text has no answer only if all its windows say so`() {
    let rows = [window(tokens(0..<3)), window(tokens(2..<5))]
    let outputs = [
      scores(4, starts: [0: 8], ends: [0: 7]), scores(4, starts: [0: 1], ends: [0: -2]),
    ]
    #expect(search(outputs, rows).noAnswerScore == -1)
  }

  @Test func `a text without tokens has no spans`() {
    let found = search([[1, 2]], [window([])])
    #expect(found.best.isEmpty && found.noAnswerScore == 3)
  }
}
