// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterTasks
import PrompterTensor
import PrompterToySupport
import Testing

/// Weights and answers that are no numbers: an error that names the tensor or the query.
@Suite struct NotFiniteTests {
  private static let prompts = Result {
    try [Precision.float32, .bfloat16, .int16].reduce(into: [Precision: Prompt]()) {
      $0[$1] = try Trainer(
        model: Toy.model($1), method: .pTuningV2(promptLength: 3), plan: Toy.plan(.steps(1))
      ).train(task: Toy.task, training: Toy.training).prompt
    }
  }

  private static func answer(
    _ tensor: String, _ value: Float, at place: Int, precision: Precision = .float32,
    of texts: [String] = ["good film"]
  ) throws -> [String] {
    let bench = try PromptBench()
    let folder = try bench.model(weights: { $0[tensor]?.buffer[place] = value })
    var answers: [String] = []
    let failure = sentence {
      let model = try PretrainedModel(contentsOf: folder, precision: precision)
      let prompt = try #require(prompts.get()[precision])
      let predictor = try Predictor(model: model, prompts: [("p", prompt)])
      answers = try predictor.results(of: predictor.prepared(texts.map { Query($0) })).map {
        switch $0 {
        case .success: "answered"
        case .failure(let error): "\(error)"
        }
      }
    }
    return answers.isEmpty ? [failure] : answers
  }

  @Test(
    arguments: [
      "encoder.layer.0.attention.self.query.weight", "encoder.layer.1.intermediate.dense.weight",
      "encoder.layer.2.output.dense.weight", "encoder.layer.2.attention.self.value.weight",
      "encoder.layer.1.attention.output.dense.weight", "encoder.layer.0.output.LayerNorm.weight",
      "encoder.layer.1.intermediate.dense.bias", "embeddings.position_embeddings.weight",
      "embeddings.token_type_embeddings.weight", "pooler.dense.weight",
    ], [Float.nan, -.infinity])
  func `a weight of a BERT that is no number is named`(tensor: String, value: Float) throws {
    for precision in Precision.allCases {
      let found = try Self.answer(tensor, value, at: 5, precision: precision)
      #expect(found.count == 1)
      #expect(found[0].hasPrefix("`\(tensor)` in "), "\(precision): \(found)")
      #expect(found[0].contains("holds \(value) at place 5; all weights should be finite."))
    }
  }

  @Test func `a word whose vector is no number takes no other query with it`() throws {
    let tokenizer = try Toy.model().tokenizer
    let film = try #require(tokenizer.id(of: "film"))
    let found = try Self.answer(
      "embeddings.word_embeddings.weight", .nan, at: Int(film) * 32 + 3,
      of: ["good story", "good film", "bad story"])
    #expect(found[0] == "answered" && found[2] == "answered")
    #expect(
      found[1]
        == "The answer of the prompt `p` is not a finite number: the model's vector of the token "
        + "`film` is not finite.")
  }

  @Test func `an answer that overflows is an error that names the query`() throws {
    let huge = Float.greatestFiniteMagnitude
    let bench = try PromptBench()
    let folder = try bench.model(weights: { tensors in
      let name = "embeddings.LayerNorm.weight"
      for place in 0..<32 { tensors[name]?.buffer[place] = huge }
    })
    let predictor = try Predictor(
      model: PretrainedModel(contentsOf: folder),
      prompts: [("p", try #require(Self.prompts.get()[.float32]))])
    #expect(throws: PredictionError.notFinite(task: "p", token: nil)) {
      try predictor.predict([Query("good film")])
    }
    let data = Dataset(
      examples: [Example(text: "good", label: "good", line: 3)], url: URL(filePath: "d.jsonl"))
    #expect(
      sentence { _ = try predictor.evaluate("p", on: data) }
        == "d.jsonl, line 3: the answer is not a finite number.")
  }

  @Test(
    arguments: [
      "encoder.block.1.layer.1.DenseReluDense.wi_0.weight",
      "decoder.block.0.layer.2.DenseReluDense.wi_1.weight",
      "decoder.block.1.layer.1.EncDecAttention.v.weight",
      "decoder.block.1.layer.0.SelfAttention.o.weight", "shared.weight",
      "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
      "decoder.final_layer_norm.weight",
    ], [Float.nan, .infinity])
  func `a weight of a T5 that is no number is named`(tensor: String, value: Float) throws {
    let bench = try PromptBench()
    let folder = try bench.model(of: ToyTexts.folder, weights: { $0[tensor]?.buffer[1] = value })
    let named = try #require(ToyTexts.prompts.get().first { $0.name == "input" })
    for answering in LabelAnswering.allCases {
      let found = sentence {
        var predictor = try Predictor(
          model: PretrainedModel(contentsOf: folder), prompts: [("p", named.prompt)])
        predictor.answering = answering
        _ = try predictor.predict([Query("good film")])
      }
      #expect(found.hasPrefix("`\(tensor)` in "), "\(found)")
    }
    // Training must not go on with what an activation hides.
    let trained = sentence {
      let trainer = Trainer(
        model: try PretrainedModel(contentsOf: folder),
        method: .promptTuning(
          promptLength: 3, initialization: .random), plan: ToyTexts.plan(.steps(2)))
      _ = try trainer.train(task: ToyTexts.task, training: ToyTexts.training)
    }
    #expect(trained.hasPrefix("`\(tensor)` in "), "\(trained)")
  }
}
