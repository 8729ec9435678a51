// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterTasks
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite(.namesValues) struct PredictorTests {
  private typealias Named = (name: String, prompt: Prompt)

  // Prompts of different lengths, methods, layers, poolings and labels.
  private static let prompts = Result { try trained() }

  private static func trained() throws -> [Named] {
    func prompt(
      _ method: some MethodSettings, _ pooling: Pooling, _ labels: [String] = Toy.task.labels
    ) throws -> Prompt {
      let trainer = Trainer(
        model: try Toy.model(), method: method,
        plan: Toy.plan(.steps(6)) { $0.learningRate = method.name == .fineTuning ? 1e-3 : 0.05 },
        pooling: pooling)
      var task = Toy.task
      task.labels = labels
      return try trainer.train(
        task: task, training: Toy.dataset(30, seed: labels.count, labels: labels)
      ).prompt
    }
    return [
      ("all layers", try prompt(.pTuningV2(promptLength: 7), .pooler, ["no", "so", "yes"])),
      ("upper layers", try prompt(.pTuningV2(promptLength: 3, layers: 1..<3), .mean)),
      ("input", try prompt(.promptTuning(promptLength: 5, initialization: .random), .cls)),
      ("head", try prompt(.headOnly, .mean, ["a", "b", "c"])),
      ("fine-tuned", try prompt(.fineTuning, .cls)),
    ]
  }

  // Texts of all lengths, some of them empty or cut, some pairs, for tasks in random order.
  private static func queries(_ count: Int, tasks: [String], seed: Int) -> [Query] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { index in
      let task = tasks[Int(random.next() % UInt64(tasks.count))]
      let words = Int(random.next() % 30)
      let text = words == 0 ? "" : Toy.text(index % 3, words: words, using: &random)
      return Query(text, index % 5 == 0 ? "the story was fun" : nil, task: task)
    }
  }

  // Floating-point sums are in the same order whatever stands beside a row, so it is the same bits.
  @Test(arguments: [1, 2], [3, 5])
  func `a mixed batch answers each query as its own task's predictor does`(
    threads: Int, tasks: Int
  ) throws {
    let prompts = try Array(Self.prompts.get().prefix(tasks))
    let queries = Self.queries(1_000, tasks: prompts.map(\.name), seed: threads)
    let together = try Predictor(
      model: Toy.model(), prompts: prompts, threads: threads, isPinned: false
    ).predict(queries)
    #expect(together.count == queries.count)
    for named in prompts {
      let alone = try Predictor(model: Toy.model(), prompts: [named])
      let own = queries.indices.filter { queries[$0].task == named.name }
      let expected = try alone.predict(own.map { queries[$0] })
      for (place, answer) in zip(own, expected) { #expect(together[place] == answer) }
    }
  }

  @Test func `a query alone is answered as in a batch`() throws {
    let prompts = try Self.prompts.get()
    let predictor = try Predictor(model: Toy.model(), prompts: prompts)
    let queries = Self.queries(60, tasks: prompts.map(\.name), seed: 8)
    let together = try predictor.predict(queries)
    for (query, answer) in zip(queries, together) {
      let alone = try #require(predictor.predict([query]).first)
      #expect(alone.label == answer.label)
      for (a, b) in zip(alone.probabilities, answer.probabilities) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test func `probabilities belong to the prompt's labels and sum to 1`() throws {
    let prompts = try Self.prompts.get()
    let predictor = try Predictor(model: Toy.model(), prompts: prompts)
    #expect(predictor.names == prompts.map(\.name))
    let queries = Self.queries(100, tasks: predictor.names, seed: 3)
    for (query, answer) in zip(queries, try predictor.predict(queries)) {
      let prompt = try #require(prompts.first { $0.name == query.task }).prompt
      #expect(answer.task == query.task)
      #expect(answer.labels == prompt.card.labels)
      #expect(answer.probabilities.count == answer.labels.count)
      #expect(abs(answer.probabilities.reduce(0, +) - 1) < 1e-12)
      #expect(answer.probability == answer.probabilities.max())
      let winner = answer.probabilities.firstIndex(of: answer.probability)
      #expect(answer.label == winner.map { answer.labels[$0] })
    }
  }

  @Test func `an answer is a label or a text`() {
    func answer(_ answer: any Answer) -> String {
      Prediction(task: "t", content: answer).answer
    }
    #expect(answer(LabelAnswer(["bad", "good"], probabilities: [0.5, 0.5])) == "bad")
    let written = WrittenAnswer(text: " Good", label: "good", writtenProbability: 1)
    #expect(answer(written) == " Good")
    #expect(answer(WrittenAnswer(text: "no label", writtenProbability: 1)) == "no label")
  }

  @Test func `texts that are too long are cut and flagged`() throws {
    let predictor = try Predictor(model: Toy.model(), prompts: Self.prompts.get())
    let words = Array(repeating: "film", count: 22).joined(separator: " ")
    for name in predictor.names {
      let answers = try predictor.predict([
        Query(words, task: name), Query(words + " film", task: name),
        Query(String(repeating: "bad film ", count: 5_000), "and", task: name),
        Query(words + " good", task: name),
      ])
      #expect(answers.map(\.isCut) == [false, true, true, true])
      #expect(answers[0].probabilities == answers[3].probabilities)
    }
  }

  @Test func `an empty text is answered`() throws {
    let predictor = try Predictor(model: Toy.model(), prompts: Self.prompts.get())
    for name in predictor.names {
      for query in [
        Query("", task: name), Query("", "", task: name), Query(" \u{0}\n", task: name),
      ] {
        let answer = try #require(predictor.predict([query]).first)
        #expect(answer.probabilities.allSatisfy { $0.isFinite })
        #expect(!answer.isCut)
      }
    }
    #expect(try predictor.predict([]).isEmpty)
  }

  @Test func `queries that name no known prompt are refused`() throws {
    let prompts = try Self.prompts.get()
    let predictor = try Predictor(model: Toy.model(), prompts: Array(prompts.prefix(2)))
    #expect(throws: PredictionError.missingTask(known: ["all layers", "upper layers"])) {
      try predictor.predict([Query("good", task: "all layers"), Query("good")])
    }
    let error = #expect(throws: PredictionError.self) {
      try predictor.predict([Query("good", task: "none")])
    }
    #expect(
      error?.description
        == "There is no prompt `none`; the prompts are all layers, upper layers.")
    let single = try Predictor(model: Toy.model(), prompts: [prompts[0]])
    #expect(try single.predict([Query("good")]).first?.task == "all layers")
  }

  @Test func `two prompts of one name are refused`() throws {
    let prompt = try Self.prompts.get()[0]
    let error = #expect(throws: PredictionError.duplicateTask("all layers")) {
      try Predictor(model: Toy.model(), prompts: [prompt, prompt])
    }
    #expect(error?.description.contains("`all layers`") == true)
  }

  @Test func `a prompt of another backbone is refused`() throws {
    let error = #expect(throws: PromptError.self) {
      try Predictor(model: Toy.model(), prompts: [("other", .sample())])
    }
    #expect(error?.description.contains("width 8") == true)
  }

  @Test func `a fine-tuned prompt answers with weights of its own`() throws {
    let prompts = try Self.prompts.get()
    let tuned = try #require(prompts.last)
    var stripped = tuned.prompt
    stripped.backboneWeights = nil
    let predictor = try Predictor(
      model: Toy.model(), prompts: [tuned, (name: "stripped", prompt: stripped)])
    let answers = try predictor.predict([
      Query("good film", task: "fine-tuned"), Query("good film", task: "stripped"),
    ])
    #expect(answers[0].probabilities != answers[1].probabilities)
  }

  @Test func `several threads may ask one predictor at once`() async throws {
    let prompts = try Self.prompts.get()
    let predictor = try Predictor(
      model: Toy.model(), prompts: prompts, threads: 2, isPinned: false)
    let queries = Self.queries(100, tasks: predictor.names, seed: 21)
    let expected = try predictor.predict(queries)
    try await withThrowingTaskGroup(of: [Prediction].self) { group in
      for _ in 0..<6 { group.addTask { try predictor.predict(queries) } }
      for try await answers in group { #expect(answers == expected) }
    }
  }

  @Test(arguments: ["all layers", "upper layers"])
  func `an evaluation's scores are what counting gives`(name: String) throws {
    let prompts = try Self.prompts.get()
    let predictor = try Predictor(model: Toy.model(), prompts: prompts)
    let labels = try #require(prompts.first { $0.name == name }).prompt.card.labels
    var dataset = Toy.dataset(50, seed: 31, labels: labels)
    dataset.examples.removeAll { $0.line % 7 == 0 }
    let evaluation = try predictor.evaluate(name, on: dataset)
    let answers = try predictor.predict(
      dataset.examples.map { Query($0.text, $0.pair, task: name) })
    let pairs = zip(answers.map(\.label), dataset.examples.compactMap(\.label)).map { ($0, $1) }
    let accuracy = Double(pairs.count { $0 == $1 }) / Double(pairs.count)
    let scores: [Double] = labels.compactMap { label in
      let both = pairs.count { $0 == label && $1 == label }
      let either = pairs.count { $0.0 == label } + pairs.count { $0.1 == label }
      return either == 0 ? nil : 2 * Double(both) / Double(either)
    }
    #expect(evaluation.examples == dataset.examples.count)
    #expect(abs(try #require(evaluation.metrics["accuracy"]) - accuracy) < 1e-12)
    let macroF1 = scores.reduce(0, +) / Double(scores.count)
    #expect(abs(try #require(evaluation.metrics["f1_macro"]) - macroF1) < 1e-12)
    #expect(evaluation.answers.map(\.text) == answers.map(\.label))
    let most = labels.map { label in pairs.count { $0.1 == label } }.max() ?? 0
    #expect(evaluation.baseline["accuracy"] == Double(most) / Double(pairs.count))
    #expect(evaluation.confusion?.total == pairs.count)
    #expect(evaluation.labels == labels)
  }

  @Test func `metrics named twice and empty sets are scored all the same`() throws {
    var prompt = try Self.prompts.get()[1].prompt
    prompt.card.task.metrics = [.accuracy, .accuracy]
    let predictor = try Predictor(model: Toy.model(), prompts: [("toy", prompt)])
    #expect(try predictor.evaluate("toy", on: Toy.dataset(0, seed: 1)).metrics == ["accuracy": 0])
    #expect(try predictor.evaluate("toy", on: Toy.validation).metrics.count == 1)
    var dataset = Toy.validation
    dataset.examples[3].label = "ugly"
    #expect(throws: DataError.self) { try predictor.evaluate("toy", on: dataset) }
    dataset.examples[3].label = nil
    #expect(throws: DataError.self) { try predictor.evaluate("toy", on: dataset) }
  }
}
