// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Question answering from examples to answers, over the tiny BERT.
@Suite struct QuestionAnsweringTrainingTests {
  // No article, which alone is no answer.
  private static let filling = ["that", "film", "story", "play", "with", "this"]
  private static let telling = ["good", "bad", "dull", "great", "smart", "long"]

  // "was it" is answered by the word that tells something.
  static func questions(
    _ count: Int, seed: Int, words: Int = 8, unanswerable: Bool = false
  ) -> SpanDataset {
    var random = SeededRandom(seed: seed)
    func one(of words: [String]) -> String { words[Int(random.next() % UInt64(words.count))] }
    let examples = (0..<count).map { index in
      var context = (0..<words).map { _ in one(of: filling) }
      let place = Int(random.next() % UInt64(words))
      let hasAnswer = !unanswerable || index % 3 > 0
      if hasAnswer { context[place] = one(of: telling) }
      let start = context[..<place].reduce(0) { $0 + $1.count + 1 }
      return SpanExample(
        question: "was it", context: context.joined(separator: " "),
        answers: hasAnswer ? [.init(text: context[place], start: start)] : [], line: index + 1)
    }
    return SpanDataset(examples: examples, url: URL(filePath: "questions-\(seed).jsonl"))
  }

  static func task(_ name: String = "squad") throws -> TaskDescription {
    try #require(TaskDescription.preset(name))
  }

  static func trained(
    _ method: String, _ plan: TrainingPlan = Toy.plan(.epochs(10)), task: String = "squad",
    words: Int = 8, unanswerable: Bool = false, cacheMemory: Int = 1 << 20
  ) throws -> Prompt {
    var plan = plan
    if method == "fine-tuning" { plan.learningRate = 0.003 }
    return try Trainer(
      model: Toy.model(), method: Toy.method(method), plan: plan, cacheMemory: cacheMemory
    ).train(
      task: Self.task(task),
      training: questions(64, seed: 1, words: words, unanswerable: unanswerable),
      validation: questions(24, seed: 2, words: words, unanswerable: unanswerable)
    ).prompt
  }

  private func predictor(_ prompt: Prompt, threads: Int = 1) throws -> Predictor {
    try Predictor(
      model: Toy.model(), prompts: [("p", prompt)], threads: threads, isPinned: false)
  }

  @Test(arguments: ["plain", "layers", "random", "head-only", "fine-tuning"])
  func `it is trained, saved, read back and asked`(method: String) throws {
    let bench = try PromptBench()
    let prompt = try Self.trained(method)
    #expect(prompt.head?.weight.shape == [2, 32])
    #expect(prompt.card.isAboutPairs == true)
    let losses = prompt.card.history.map(\.loss)
    #expect(try #require(losses.last) < 0.9 * #require(losses.first))
    let best = try #require(prompt.card.best?.metrics["f1"])
    // A head alone learns little of a model of random weights.
    if method != "head-only" { #expect(try best > #require(prompt.card.baseline["f1"])) }

    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card)
    let validation = Self.questions(24, seed: 2)
    let queries = validation.examples.map { Query($0.question, $0.context) }
    let answers = try predictor(read).predict(queries)
    #expect(try answers == predictor(prompt).predict(queries))
    #expect(
      try predictor(read, threads: 2).evaluate("p", on: validation).metrics["f1"] == best)
  }

  @Test func `answers are the words that were asked for, where they stand`() throws {
    let predictor = try predictor(try Self.trained("plain"))
    let prediction = try predictor.predict([Query("was it", "the  Film with this, Great, story")])[
      0]
    let answer = try #require(prediction.content as? SpanAnswer)
    #expect(answer.text == "Great" && answer.best?.range == 21..<26)
    #expect(answer.windowCount == 1 && !prediction.isCut)
    #expect(throws: PredictionError.unreadable(task: "p", .noPair)) {
      try predictor.predict([Query("was it")])
    }
  }

  @Test func `a long text is read in windows, and none of it is cut`() throws {
    let prompt = try Self.trained("plain")
    let predictor = try predictor(prompt)
    let filling = Array(repeating: "the film with this story", count: 12).joined(separator: " ")
    for context in ["\(filling) great \(filling)", "\(filling) \(filling) great"] {
      let prediction = try predictor.predict([Query("was it", context)])[0]
      let answer = try #require(prediction.content as? SpanAnswer)
      #expect(answer.text == "great" && answer.windowCount > 5 && !prediction.isCut)
      let expected = try #require(context.range(of: "great"))
      #expect(
        answer.best?.range.lowerBound
          == context.unicodeScalars.distance(
            from: context.startIndex, to: expected.lowerBound))
    }
    let long = Array(repeating: "was it", count: 20).joined(separator: " ")
    #expect(throws: PredictionError.unreadable(task: "p", .noWindow(room: 24))) {
      try predictor.predict([Query(long, filling)])
    }
  }

  @Test func `a question that leaves no room is named`() throws {
    var questions = Self.questions(4, seed: 1)
    questions.examples[2].question = Array(repeating: "was it", count: 20).joined(separator: " ")
    expect("questions-1.jsonl, line 3: the text is read in windows of 24 tokens") {
      try Toy.trainer("plain", Toy.plan(.steps(1))).train(
        task: Self.task(), training: questions)
    }
  }

  @Test func `windows of long texts are learnt, with the same bits however they are kept`() throws {
    let plan = Toy.plan(.epochs(2)) { ($0.threads, $0.gradientAccumulation) = (2, 2) }
    expectSameTraining(
      try Self.trained("layers", plan, words: 40),
      try Self.trained("layers", plan, words: 40, cacheMemory: 0))
    let prompt = try Self.trained("plain", Toy.plan(.epochs(6)), words: 40)
    let losses = prompt.card.history.map(\.loss)
    #expect(try #require(losses.last) < 0.9 * #require(losses.first))
  }

  @Test func `a threshold for having no answer is fitted and kept in the card`() throws {
    let bench = try PromptBench()
    let prompt = try Self.trained("plain", task: "squad-v2", unanswerable: true)
    let threshold = try #require(prompt.card.best?.threshold)
    #expect(prompt.card.calibration.threshold == threshold)
    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card.best?.threshold == threshold)
    let validation = Self.questions(24, seed: 2, unanswerable: true)
    let evaluation = try predictor(read).evaluate("p", on: validation)
    #expect(evaluation.metrics == prompt.card.best?.metrics)
    #expect(evaluation.metrics["no_answer_f1"] != nil)
    // Far above and far below, there is always an answer, or never one.
    for (value, share) in [(1e3, 0.0), (-1e3, 1)] {
      var moved = read
      moved.card.best?.threshold = value
      #expect(
        try predictor(moved).evaluate("p", on: validation).metrics["no_answer_f1"] == share)
    }
    #expect(try Self.trained("plain", Toy.plan(.steps(1))).card.best?.threshold == nil)
  }

  @Test(arguments: [1, 2])
  func `a mixed batch answers each query as its own prompt's predictor does`(
    threads: Int
  ) throws {
    let plan = Toy.plan(.steps(4))
    let prompts = [
      ("spans", try Self.trained("plain", plan)),
      ("classes", try Toy.train("layers", plan).prompt),
      ("none", try Self.trained("random", plan, task: "squad-v2", unanswerable: true)),
    ]
    let queries = Self.questions(12, seed: 5, words: 30).examples.flatMap { example in
      prompts.map { name, _ in
        Query(
          name == "classes" ? example.context : example.question,
          name == "classes" ? nil : example.context, task: name)
      }
    }
    try expectAnswersAlone(queries, of: prompts, on: Toy.model(), threads: threads)
  }
}
