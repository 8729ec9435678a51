// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterToySupport
import Testing

/// Encoders of BERT's kind, from a folder to answers of a prompt that was saved.
@Suite struct EncoderTrainingTests {
  // A family's tiny model of 60 tokens, with the toy tasks' words among them.
  private func folder(_ family: String, in bench: PromptBench) throws -> URL {
    let words = """
      [PAD] [UNK] [CLS] [SEP] [MASK] the of and to in is it was for on with this that film story
      play bad dull never worst good great fun best long short smart heart or a
      """.split { $0.isWhitespace }.map(String.init)
    let fill = (words.count..<60).map { "##\($0)" }
    return try bench.model(
      of: PromptBench.fixture("../encoders/\(family)/model"),
      files: [
        "vocab.txt": (words + fill).joined(separator: "\n") + "\n",
        // Whatever the family's own reads, the words are BERT's.
        "tokenizer_config.json": #"{"tokenizer_class": "BertTokenizer"}"#,
      ])
  }

  @Test(
    arguments: ["roberta", "distilbert", "electra", "mpnet", "albert"],
    ["plain", "mlp", "random", "head-only", "fine-tuning"])
  func `every method trains, is saved and answers`(family: String, method: String) throws {
    let bench = try PromptBench()
    let model = try PretrainedModel(contentsOf: folder(family, in: bench), precision: .float32)
    var plan = Toy.plan(.epochs(6))
    if method == "fine-tuning" { plan.learningRate = 0.003 }
    let trainer = try Trainer(model: model, method: Toy.method(method), plan: plan)
    let prompt = try trainer.train(task: Toy.task, training: Toy.more).prompt
    if method != "head-only" {
      let losses = prompt.card.history.map(\.loss)
      let (first, last) = try (#require(losses.first), #require(losses.last))
      // Vectors at the input alone do little in a model of random weights.
      #expect(last < (method == "random" ? 0.98 : 0.8) * first, "\(losses)")
    }
    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card.backbone.family == family)
    #expect(
      read.card.backbone.embeddingWidth == (["electra", "albert"].contains(family) ? 16 : nil))
    try read.check(against: model, identity: model.identity())
    let queries = ["the film was good", "a dull story"].map { Query($0) }
    func answers(_ prompt: Prompt) throws -> [[Double]] {
      try Predictor(model: model, prompts: [("toy", prompt)], threads: 1).predict(queries)
        .map(\.probabilities)
    }
    #expect(try answers(read) == answers(prompt))
    #expect(try answers(read)[0] != answers(read)[1])
  }

  @Test func `a prompt for words of another width is refused`() throws {
    let bench = try PromptBench()
    let model = try PretrainedModel(contentsOf: folder("electra", in: bench), precision: .float32)
    let trainer = try Trainer(model: model, method: Toy.method("random"), plan: Toy.plan(.steps(1)))
    var prompt = try trainer.train(task: Toy.task, training: Toy.training).prompt
    prompt.card.backbone.embeddingWidth = 20
    let found = sentence { try prompt.check(against: model, identity: model.identity()) }
    #expect(found.contains("words of width 20") && found.contains("words of width 16"), "\(found)")
  }
}
