// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterTestSupport
import PrompterToySupport
import Testing

@testable import PrompterAnswering

@Suite struct QueryColumnsTests {
  private func columns(
    named: Fields = Fields(), trained: Fields? = nil, preset: String? = nil,
    template: String? = nil, spelled: [String: String] = [:]
  ) throws -> QueryColumns {
    var task = TaskDescription(kind: .textClassification, preset: preset, fields: named)
    if let template {
      task.kind = .textToText
      task.text = TextToTextDescription(
        template: try TextTemplate(template), columns: spelled, metrics: [])
    }
    return QueryColumns(
      of: PromptCard(
        method: .headOnly, task: task, columns: trained, promptLength: 0, promptLayers: nil,
        pooling: .cls, maximumLength: 8,
        backbone: PromptCard.BackboneIdentity(
          name: "m", family: "bert", layers: 1, width: 8, parameters: 1, sha256: nil),
        trainableParameters: 0))
  }

  private func query(_ columns: QueryColumns, _ row: [String: String]) -> Query? {
    columns.query { row[$0] }
  }

  @Test func `the columns of the training data hold the texts, or text does`() throws {
    let single = try columns(
      named: Fields(text: "message"), trained: Fields(text: "message", label: "queue"))
    #expect(query(single, ["message": "m", "text": "t"]) == Query("m"))
    #expect(query(single, ["text": "t"]) == Query("t"))
    #expect(query(single, ["other": "o"]) == nil)
    #expect(single.names == ["message", "text"])
    let pairs = try columns(trained: Fields(text: "question", pair: "passage"))
    #expect(query(pairs, ["question": "q", "passage": "p", "text": "t"]) == Query("q", "p"))
    #expect(query(pairs, ["text": "t", "pair": "p", "question": "q"]) == Query("t", "p"))
    #expect(query(pairs, ["question": "q"]) == Query("q"))
  }

  @Test func `a column that is named counts before the one that was trained with`() throws {
    let single = try columns(named: Fields(text: "new"), trained: Fields(text: "old"))
    #expect(query(single, ["new": "n", "old": "o"]) == Query("n"))
    #expect(query(single, ["old": "o"]) == Query("o"))
    let pairs = try columns(named: Fields(pair: "b"), trained: Fields(text: "a", pair: "p"))
    #expect(query(pairs, ["a": "1", "b": "2", "p": "3"]) == Query("1", "2"))
  }

  @Test func `a second text is seen, unless the column of the first was named`() throws {
    let found = try columns(trained: Fields(text: "text"))
    #expect(query(found, ["text": "t", "pair": "p"]) == Query("t", "p"))
    #expect(query(found, ["text": "t", "pair": ""]) == Query("t"))
    let named = try columns(named: Fields(text: "text"), trained: Fields(text: "text"))
    #expect(query(named, ["text": "t", "pair": "p"]) == Query("t"))
  }

  @Test func `columns of a prompt of which nothing is known are found by their names`() throws {
    let unknown = try columns()
    #expect(query(unknown, ["premise": "a", "hypothesis": "b"]) == Query("a", "b"))
    #expect(query(unknown, ["sentence": "a"]) == Query("a"))
    #expect(query(unknown, ["text": "a", "pair": "b"]) == Query("a", "b"))
    #expect(
      query(try columns(preset: "boolq"), ["question": "q", "passage": "p"]) == Query("q", "p"))
    #expect(unknown.names == ["text"])
  }

  @Test func `a template's columns have the names of its files and their own`() throws {
    let columns = try columns(template: "{topic} {text}", spelled: ["text": "message"])
    #expect(
      query(columns, ["topic": "a", "message": "b", "text": "c"])
        == Query(columns: ["topic": "a", "text": "b"]))
    #expect(query(columns, ["text": "c"]) == Query(columns: ["text": "c"]))
    let others = try self.columns(template: "{topic} {body}")
    #expect(query(others, ["text": "a", "pair": "b"]) == Query("a", "b"))
    #expect(query(others, ["id": "a"]) == nil)
  }

  @Test func `what a table lacks is named`() throws {
    let pairs = try columns(trained: Fields(text: "question", pair: "passage"))
    func missing(_ columns: QueryColumns, _ names: Set<String>) -> [String]? {
      columns.missing(among: names.contains).map { [$0.field] + $0.columns }
    }
    #expect(missing(pairs, ["id"]) == ["text", "question", "text"])
    #expect(
      missing(pairs, ["question", "id"]) == ["second text beside question", "passage"])
    #expect(missing(pairs, ["question", "passage"]) == nil)
    #expect(missing(pairs, ["text", "pair"]) == nil)
    #expect(missing(try columns(), ["sentence1"]) == nil)
    #expect(missing(try columns(template: "{a} {b}"), ["b"]) == nil)
    #expect(missing(try columns(template: "{a} {b}"), ["c"]) == ["text", "a", "b", "text"])
  }

  @Test func `a prompt about pairs answers pairs only, and one about texts texts only`() throws {
    let outcome = try Trainer(
      model: try Toy.model(), method: .pTuningV2(promptLength: 4), plan: Toy.plan(.steps(1))
    ).train(task: Toy.task, training: Toy.training)
    func failure(_ columns: Fields?, _ query: Query) throws -> PredictionError? {
      var prompt = outcome.prompt
      prompt.card.columns = columns
      let predictor = try Predictor(model: Toy.model(), prompts: [("p", prompt)])
      do {
        _ = try predictor.predict([query])
        return nil
      } catch let error as PredictionError { return error }
    }
    let (single, pair) = (Query("good"), Query("good", "film"))
    #expect(outcome.prompt.card.columns == nil)
    #expect(try failure(nil, single) == nil && failure(nil, pair) == nil)
    let (one, two) = (Fields(text: "a"), Fields(text: "a", pair: "b"))
    #expect(try failure(one, single) == nil && failure(two, pair) == nil)
    #expect(try failure(one, pair) == .unreadable(task: "p", .isPair))
    #expect(try failure(two, single) == .unreadable(task: "p", .noPair))
    #expect(try failure(two, Query("good", "")) == nil)
  }

  @Test func `a template with several columns needs them all`() throws {
    var prompt = try #require(try ToyTexts.prompts.get().first { $0.name == "input" }).prompt
    func failure(_ template: String, _ query: Query) throws -> PredictionError? {
      prompt.card.task.text?.template = try TextTemplate(template)
      let predictor = try Predictor(model: ToyTexts.model(), prompts: [("p", prompt)])
      do {
        _ = try predictor.predict([query])
        return nil
      } catch let error as PredictionError { return error }
    }
    #expect(try failure("{a}", Query("great")) == nil && failure("{a}", Query("")) == nil)
    #expect(try failure("{a}", Query("great", "fun")) == .unreadable(task: "p", .isPair))
    #expect(try failure("{a} {b}", Query("great", "fun")) == nil)
    #expect(try failure("{a} {b}", Query("great")) == .unreadable(task: "p", .noPair))
    #expect(
      try failure("{a} {b}", Query(columns: ["b": "fun"]))
        == .unreadable(task: "p", .noColumn("a")))
    #expect(try failure("{a} {b}", Query(columns: ["a": "", "b": "fun"])) == nil)
    #expect(
      try failure("{a} {b} {c}", Query("great", "fun"))
        == .unreadable(task: "p", .noColumn("c")))
  }

  @Test func `a training remembers the columns that its data came from`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("id,Sentence1,sentence2,label\n1,good,film,a\n2,bad,play,b\n".utf8).write(to: file)
    let training = try Dataset(contentsOf: file)
    #expect(training.columns == Fields(text: "Sentence1", pair: "sentence2", label: "label"))
    let outcome = try Trainer(
      model: try Toy.model(), method: .headOnly, plan: Toy.plan(.steps(1))
    ).train(task: TaskDescription(kind: .textClassification), training: training)
    #expect(outcome.prompt.card.columns == training.columns)
    #expect(outcome.prompt.card.isAboutPairs == true)
  }

  @Test func `what is drawn for a query depends on its number, not on its neighbours`() throws {
    var predictor = try Predictor(model: ToyTexts.model(), prompts: ToyTexts.prompts.get())
    predictor.answering = .generation
    predictor.strategy = .sampling(Sampling(temperature: 3, seed: 5))
    let queries = (0..<12).map { _ in Query("great fun", task: "input") }
    let together = try predictor.predict(queries).map(\.text)
    #expect(Set(together).count > 1)
    let apart = try (0..<12).map { number in
      let one = try predictor.prepared([queries[number]], firstNumber: number)
      return try predictor.predict(prepared: one)[0].text
    }
    #expect(apart == together)
  }
}
