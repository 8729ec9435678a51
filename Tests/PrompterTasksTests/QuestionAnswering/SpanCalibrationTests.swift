// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTensor
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct SpanCalibrationTests {
  private let description = SpanDescription(allowsNoAnswer: true)
  private let rows = [window(tokens(0..<3))]

  // A question about "ab cd ef" whose best span, "cd", scores 5, and having none so much.
  private func question(
    none: Float, answer: String?
  ) -> (outputs: [[Float]], target: SpanTarget) {
    let context = "ab cd ef"
    let answers = answer.map {
      [SpanExample.Answer(text: $0, start: AnswerFinder(context).start(of: $0, stated: nil))]
    }
    return (
      [scores(4, starts: [0: none, 2: 3], ends: [2: 2])],
      SpanTarget(
        SpanExample(question: "q", context: context, answers: answers ?? []), read: rows)
    )
  }

  private func threshold(_ questions: [(outputs: [[Float]], target: SpanTarget)]) -> Double? {
    SpanCalibration(questions.map(\.outputs), for: questions.map(\.target), description).threshold
  }

  @Test func `the threshold parts those that have an answer from the others`() throws {
    // Margins of -1 and 2 with answers, of 4 and 6 without.
    let found = try #require(
      threshold([
        question(none: 4, answer: "cd"), question(none: 7, answer: "cd"),
        question(none: 9, answer: nil), question(none: 11, answer: nil),
      ]))
    #expect(found == 3)
  }

  @Test func `it is 0 where that is as good as any`() {
    #expect(
      threshold([question(none: 1, answer: "cd"), question(none: 9, answer: nil)]) == 0)
    #expect(
      threshold([question(none: 9, answer: "ab"), question(none: 8, answer: nil)]) == 0)
  }

  @Test func `it may be that all have an answer, or none`() throws {
    let all = try #require(
      threshold([
        question(none: 9, answer: "cd"), question(none: 8, answer: "cd"),
        question(none: 7, answer: nil),
      ]))
    #expect(all > 4)
    let none = try #require(
      threshold([
        question(none: 1, answer: "ab"), question(none: 2, answer: nil),
        question(none: 3, answer: nil),
      ]))
    #expect(none < -3)
  }

  @Test func `nothing is learnt where all have an answer, or none has`() {
    #expect(threshold([question(none: 9, answer: "cd")]) == nil)
    #expect(threshold([question(none: 9, answer: nil)]) == nil)
    #expect(threshold([]) == nil)
  }

  // Questions whose right answer the scores say only as often as chance has it.
  private func drawn(_ count: Int, temperature: Float) -> ([[[Float]]], [SpanTarget]) {
    var random = SeededRandom(seed: 8)
    let certain = SpanDescription()
    var (outputs, targets) = ([[[Float]]](), [SpanTarget]())
    for _ in 0..<count {
      let logits = random.tensor([8], in: -2...2).values
      let search = SpanSearch(
        [logits], of: rows, longest: certain.maximumAnswerLength, keeping: 20)
      let weights = search.best.map { exp($0.score) }
      var place = Double(random.tensor([1], in: 0...1).values[0]) * weights.reduce(0, +)
      let chosen = zip(search.best, weights).first { _, weight in
        place -= weight
        return place <= 0
      }
      let range = chosen?.0.range ?? search.best[0].range
      let context = "ab cd ef"
      targets.append(
        SpanTarget(
          SpanExample(
            question: "q", context: context,
            answers: [.init(text: context.scalars(range), start: range.lowerBound)]), read: rows))
      outputs.append([logits.map { $0 * temperature }])
    }
    return (outputs, targets)
  }

  @Test(arguments: [Float(0.4), 1, 3])
  func `the temperature is what outputs were multiplied by`(factor: Float) {
    let (outputs, targets) = drawn(600, temperature: factor)
    let found = SpanCalibration(outputs, for: targets, SpanDescription()).temperature(threshold: 0)
    #expect(abs(found.value / Double(factor) - 1) < 0.15)
  }

  @Test func `few questions tell no temperature`() {
    let (outputs, targets) = drawn(3, temperature: 1)
    let found = SpanCalibration(outputs, for: targets, SpanDescription()).temperature(threshold: 0)
    #expect(found == .one)
    #expect(SpanCalibration([], for: [], description).temperature(threshold: 0) == .one)
  }
}
