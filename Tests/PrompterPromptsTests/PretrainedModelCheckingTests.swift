// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterModels
import PrompterTasks
import PrompterTensor
import PrompterToySupport
import Testing

/// Whatever a tokenizer can make is compared with the tables that it indexes.
@Suite struct PretrainedModelCheckingTests {
  // What reading says, and checking the headers alone.
  private static func sentences(_ folder: URL) -> Set<String> {
    [
      sentence { _ = try PretrainedModel(contentsOf: folder) },
      sentence { try PretrainedModel.check(contentsOf: folder) },
    ]
  }

  private static func expect(
    _ folder: URL, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = sentences(folder)
    #expect(found.count == 1, sourceLocation: sourceLocation)
    #expect(found.first?.contains(expected) == true, "\(found)", sourceLocation: sourceLocation)
    #expect(found.allSatisfy { $0.utf8.count < 500 }, sourceLocation: sourceLocation)
  }

  @Test func `ids beyond the embeddings are refused when a model is loaded`() throws {
    let bench = try PromptBench()
    let vocabulary = try String(
      contentsOf: Toy.folder.appending(component: "vocab.txt"), encoding: .utf8)
    Self.expect(
      try bench.model(files: ["vocab.txt": vocabulary + "film\n"]),
      "The tokenizer makes the id 120, of the piece `film`, which is beyond the model: `vocab_size`"
    )
    let sparse = try PromptBench.tokenizer(ids: ["film": 2_000_000_000])
    Self.expect(
      try bench.model(files: ["tokenizer.json": sparse]), "the id 2000000000, of the piece `film`")
    let template = try PromptBench.tokenizer(cls: 119_999)
    Self.expect(try bench.model(files: ["tokenizer.json": template]), "the id 119999")
    #expect(
      Self.sentences(try bench.model(files: ["tokenizer.json": PromptBench.tokenizer()]))
        == ["no error"])
  }

  @Test func `segments and lengths of templates are compared with the model's`() throws {
    let bench = try PromptBench()
    let segment = try PromptBench.tokenizer(single: [("[CLS]", 7), ("A", 0), ("[SEP]", 0)])
    Self.expect(
      try bench.model(files: ["tokenizer.json": segment]),
      "the segment 7, which is beyond the model: `type_vocab_size` in config.json is 2")
    let long = try PromptBench.tokenizer(
      single: [(String, Int)](repeating: ("[CLS]", 0), count: 100) + [("A", 0)])
    Self.expect(
      try bench.model(files: ["tokenizer.json": long]), "100 special tokens around a text")
    let endless = try PromptBench.tokenizer(
      single: [(String, Int)](repeating: ("A", 0), count: 2_000))
    Self.expect(try bench.model(files: ["tokenizer.json": endless]), "at most 1024 pieces")
  }

  // MARK: One query

  private static func predictor(_ model: URL) throws -> Predictor {
    let trainer = Trainer(
      model: try Toy.model(), method: .pTuningV2(promptLength: 4), plan: Toy.plan(.steps(1)),
      pooling: .cls)
    let prompt = try trainer.train(task: Toy.task, training: Toy.training).prompt
    return try Predictor(model: PretrainedModel(contentsOf: model), prompts: [("p", prompt)])
  }

  private static func failures(_ results: [Result<Prediction, any Error>]) -> [String?] {
    results.map { result in
      switch result {
      case .success: nil
      case .failure(let error): "\(error)"
      }
    }
  }

  @Test func `a pair is refused where there is one segment, and the others are answered`() throws {
    let bench = try PromptBench()
    let model = try bench.model(
      weights: {
        let name = "embeddings.token_type_embeddings.weight"
        $0[name] = $0[name]?.rows(0..<1)
      }, files: ["config.json": try PromptBench.configuration(["type_vocab_size": 1])])
    let predictor = try Self.predictor(model)
    let queries = [Query("good film"), Query("good", "film"), Query("bad film")]
    let found = Self.failures(predictor.results(of: try predictor.prepared(queries)))
    #expect(found[0] == nil && found[2] == nil)
    #expect(
      found[1]
        == "The prompt `p` cannot answer: a token of the text, or of its pair, is in segment 1; the "
        + "model's `type_vocab_size` is 1.")
    #expect(throws: PredictionError.unreadable(task: "p", .segment(1, limit: 1))) {
      try predictor.predict(queries)
    }
    let data = Dataset(
      examples: [
        Example(text: "good", label: "good", line: 1),
        Example(text: "good", pair: "film", label: "bad", line: 5),
      ], url: URL(filePath: "data.jsonl"))
    #expect(sentence { _ = try predictor.evaluate("p", on: data) }.contains("data.jsonl, line 5: "))
    let trainer = Trainer(
      model: try PretrainedModel(contentsOf: model), method: .headOnly, plan: Toy.plan(.steps(1)))
    #expect(
      sentence { _ = try trainer.train(task: Toy.task, training: data) }
        .contains("data.jsonl, line 5: a token of the text, or of its pair, is in segment 1"))
  }

  @Test func `a text without tokens is one sentence where nothing is added to it`() throws {
    let bench = try PromptBench()
    let bare = try bench.model(files: ["tokenizer.json": PromptBench.tokenizer(cls: nil)])
    let predictor = try Self.predictor(bare)
    let queries = ["", "good film", " \u{200B} "].map { Query($0) }
    let found = Self.failures(predictor.results(of: try predictor.prepared(queries)))
    #expect(found[0]?.contains("the text has no tokens") == true && found[1] == nil)
    // With special tokens around it, it is a text like others.
    #expect(try Self.predictor(Toy.folder).predict([Query("")]).count == 1)
  }

  @Test func `a text that the template has twice is cut to the model's positions`() throws {
    let bench = try PromptBench()
    let twice = try PromptBench.tokenizer(single: [("[CLS]", 0), ("A", 0), ("A", 0), ("[SEP]", 0)])
    let predictor = try Self.predictor(bench.model(files: ["tokenizer.json": twice]))
    let long = String(repeating: "good ", count: 200)
    #expect(try predictor.predict([Query(long)]).first?.isCut == true)
  }

  @Test func `special tokens for which there is no room are one sentence`() throws {
    let bench = try PromptBench()
    let many = try PromptBench.tokenizer(
      single: [(String, Int)](repeating: ("[CLS]", 0), count: 61) + [("A", 0)])
    let model = try PretrainedModel(contentsOf: bench.model(files: ["tokenizer.json": many]))
    let predictor = try Predictor(model: model, prompts: [("p", Self.prompt())])
    #expect(throws: PredictionError.unreadable(task: "p", .tooLong(tokens: 61, room: 60))) {
      try predictor.predict([Query("good film")])
    }
    let trainer = Trainer(
      model: model, method: .pTuningV2(promptLength: 4), plan: Toy.plan(.steps(1)))
    #expect(throws: TrainingError.promptTooLong(promptLength: 4, positionLimit: 64)) {
      try trainer.train(task: Toy.task, training: Toy.training)
    }
  }

  private static func prompt() throws -> Prompt {
    try Trainer(
      model: try Toy.model(), method: .pTuningV2(promptLength: 4), plan: Toy.plan(.steps(1))
    ).train(task: Toy.task, training: Toy.training).prompt
  }
}
