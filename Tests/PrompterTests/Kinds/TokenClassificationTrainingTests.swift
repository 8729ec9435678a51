// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Tags of words from the training on to the answer.
@Suite(.namesValues) struct TokenClassificationTrainingTests {
  private static let words = [
    "O": ["the", "film", "was", "playing", "story", "it", "filmed"],
    "B-X": ["good", "great", "goodly"], "I-X": ["heart", "hearts"], "B-Y": ["bad", "badly"],
  ]

  /// Sentences whose names of two words begin with praise.
  private static func sentences(_ count: Int, seed: Int, longest: Int = 6) -> TaggedDataset {
    var random = SeededRandom(seed: seed)
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    let examples = (1...count).map { line in
      let tags = (0...below(longest)).flatMap { _ in
        [["O"], ["O"], ["B-X", "I-X"], ["B-X"], ["B-Y"]][below(5)]
      }
      let words = tags.map { tag in
        let known = Self.words[tag] ?? []
        return known[below(known.count)]
      }
      return TaggedSentence(words: words, tags: tags, line: line)
    }
    return TaggedDataset(examples: examples, url: URL(filePath: "tagged-\(seed).conll"))
  }

  private let training = Self.sentences(64, seed: 1)
  private let validation = Self.sentences(24, seed: 2)

  private func task() throws -> TaskDescription {
    try #require(TaskDescription.preset("token-classification"))
  }

  private func prompt(
    _ method: String, _ plan: TrainingPlan = Toy.plan(.epochs(12)), task: TaskDescription? = nil,
    training: TaggedDataset? = nil
  ) throws -> Prompt {
    try Toy.trainer(method, plan).train(
      task: task ?? self.task(), training: training ?? self.training, validation: validation
    ).prompt
  }

  private func predictor(_ prompt: Prompt, threads: Int = 1) throws -> Predictor {
    try Predictor(
      model: Toy.model(), prompts: [("p", prompt)], threads: threads, isPinned: false)
  }

  private func tags(_ prediction: Prediction) throws -> TagAnswer {
    try #require(prediction.content as? TagAnswer)
  }

  @Test(arguments: ["plain", "layers", "random", "head-only", "fine-tuning"])
  func `names are learnt, saved, read back and found`(method: String) throws {
    let bench = try PromptBench()
    let prompt = try prompt(method)
    #expect(prompt.card.labels == ["B-X", "B-Y", "I-X", "O"])
    #expect(prompt.card.task.tagging?.scheme == .iob2)
    let best = try #require(prompt.card.best)
    #expect(try #require(best.metrics["span_f1"]) > 0.5)

    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card)
    let evaluation = try predictor(read, threads: 2).evaluate("p", on: validation)
    #expect(evaluation.metrics == best.metrics)
    #expect(evaluation.spans?.map(\.type) == ["X", "Y"])
    let queries = validation.examples.map { Query(words: $0.words) }
    let answers = try predictor(read).predict(queries)
    #expect(try answers == predictor(prompt, threads: 2).predict(queries))
    #expect(try answers == predictor(read).predict(validation.examples.map { Query($0.text) }))
  }

  @Test func `a text's entities have their places in it`() throws {
    let predictor = try predictor(try prompt("plain", Toy.plan(.epochs(20))))
    let answer = try tags(predictor.predict([Query("the film, good heart!")])[0])
    #expect(answer.words.map(\.text) == ["the", "film", ",", "good", "heart", "!"])
    let name = try #require(answer.entities?.first { $0.type == "X" })
    #expect(name.text.hasPrefix("good") && name.range.lowerBound == 10)
    #expect(throws: PredictionError.unreadable(task: "p", .isPair)) {
      try predictor.predict([Query("good", "bad")])
    }
  }

  @Test(arguments: [TaggingDescription.Pieces.first, .all])
  func `long texts are read in windows, and no word is left out`(
    pieces: TaggingDescription.Pieces
  ) throws {
    var task = try task()
    task.tagging?.pieces = pieces
    let plan = Toy.plan(.epochs(8)) { $0.maximumLength = 12 }
    let long = Self.sentences(32, seed: 3, longest: 30)
    var started: TrainingStart?
    let prompt = try Toy.trainer("plain", plan).train(
      task: task, training: long, validation: validation,
      report: { if case .started(let start) = $0 { started = start } }
    ).prompt
    #expect(try #require(started).longTexts.windowed > 16)
    #expect(started?.longTexts.cut == 0)
    let predictor = try predictor(prompt)
    let queries = long.examples.map { Query(words: $0.words) }
    for (sentence, answer) in zip(long.examples, try predictor.predict(queries)) {
      #expect(try tags(answer).words.map(\.text) == sentence.words)
      #expect(!answer.isCut)
    }
    // In windows the nearest words decide, and there are few others here.
    #expect(try #require(predictor.evaluate("p", on: long).metrics["accuracy"]) > 0.6)
  }

  @Test func `kept states train the same bits as computing them each time`() throws {
    func trained(_ memory: Int) throws -> Prompt {
      let plan = Toy.plan(.epochs(2)) {
        ($0.threads, $0.gradientAccumulation, $0.maximumLength) = (2, 2, 12)
      }
      return try Trainer(
        model: Toy.model(), method: Toy.method("layers"), plan: plan, cacheMemory: memory
      ).train(task: task(), training: training, validation: validation).prompt
    }
    expectSameTraining(try trained(1 << 20), try trained(0))
  }

  @Test func `a training that was stopped goes on to the same prompt`() throws {
    let bench = try PromptBench()
    let plan = Toy.plan(.epochs(2))
    let trainer = try Toy.trainer("plain", plan)
    var steps = 0
    _ = try trainer.train(
      task: task(), training: training, validation: validation, folder: bench.folder,
      report: { if case .step = $0 { steps += 1 } }, isInterrupted: { steps == 5 })
    let resumed = try trainer.train(
      task: task(), training: training, validation: validation, folder: bench.folder,
      resuming: true)
    expectSameTraining(resumed.prompt, try prompt("plain", plan))
  }

  @Test func `a predicate's arguments are learnt`() throws {
    var roles = self.training
    for index in roles.examples.indices {
      roles.examples[index].predicate = roles.examples[index].words.first
    }
    let task = try #require(TaskDescription.preset("conll05"))
    let prompt = try Toy.trainer("plain", Toy.plan(.epochs(2))).train(
      task: task, training: roles
    ).prompt
    #expect(prompt.card.isAboutPairs == true)
    let predictor = try predictor(prompt)
    let answer = try predictor.predict([Query("", "good", words: ["good", "film"])])[0]
    #expect(try tags(answer).words.count == 2)
    #expect(throws: PredictionError.unreadable(task: "p", .noColumn("predicate"))) {
      try predictor.predict([Query("the film")])
    }
  }

  @Test(arguments: [1, 2])
  func `a mixed batch answers each query as its own prompt's predictor does`(
    threads: Int
  ) throws {
    let plan = Toy.plan(.steps(4))
    let prompts = [
      ("tags", try prompt("plain", plan)), ("classes", try Toy.train("layers", plan).prompt),
      ("tags by input", try prompt("random", Toy.plan(.steps(4)) { $0.maximumLength = 9 })),
      (
        "means",
        try Toy.trainer("random", plan, pooling: .mean).train(
          task: Toy.task, training: Toy.training
        ).prompt
      ),
    ]
    let queries = validation.examples.flatMap { example in
      prompts.map { Query(example.text, task: $0.0) }
    }
    try expectAnswersAlone(queries, of: prompts, on: Toy.model(), threads: threads)
  }
}
