// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterAutodiff
import PrompterCore
import PrompterKernels
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Hundreds of random BERTs beside transformers.
@Suite(.namesValues) struct DifferentialBERTTests {
  private func weights(_ model: DifferentialCase) -> MadeWeights {
    var weights = MadeWeights(seed: model.seed, element: model.type)
    func add(_ name: String, _ extents: [Int]) {
      let isNorm = model.gamma == true && name.contains("LayerNorm")
      let own =
        isNorm
        ? name.replacing(".weight", with: ".gamma").replacing(".bias", with: ".beta") : name
      weights.add(name, extents, as: (model.prefix ?? "") + own)
    }
    let shape = model.config
    let (width, inner) = (shape.hidden_size ?? 0, shape.intermediate_size ?? 0)
    let positions = shape.max_position_embeddings ?? 0
    func linear(_ name: String, _ outputs: Int, _ inputs: Int) {
      add(name + ".weight", [outputs, inputs])
      add(name + ".bias", [outputs])
    }
    func norm(_ name: String) {
      add(name + ".LayerNorm.weight", [width])
      add(name + ".LayerNorm.bias", [width])
    }
    for (name, count) in [
      ("word", shape.vocab_size), ("position", positions),
      ("token_type", shape.type_vocab_size ?? 2),
    ] { add("embeddings.\(name)_embeddings.weight", [count, width]) }
    norm("embeddings")
    for layer in 0..<(shape.num_hidden_layers ?? 0) {
      let scope = "encoder.layer.\(layer)."
      for part in ["query", "key", "value"] {
        linear(scope + "attention.self." + part, width, width)
      }
      linear(scope + "attention.output.dense", width, width)
      norm(scope + "attention.output")
      linear(scope + "intermediate.dense", inner, width)
      linear(scope + "output.dense", width, inner)
      norm(scope + "output")
    }
    if model.pooler == true { linear("pooler.dense", width, width) }
    if model.extras == true {
      weights.add(ones: [shape.vocab_size], as: "cls.predictions.bias")
      weights.add(ones: [1, positions], as: (model.prefix ?? "") + "embeddings.position_ids")
    }
    return weights
  }

  private func batch(_ model: DifferentialCase) -> Batch {
    let hasHalves = (model.config.type_vocab_size ?? 2) > 1
    return Batch(
      model.lengths.enumerated().map { index, length in
        Row(
          ids: model.ids(index, length, from: 5),
          segments: (0..<length).map { hasHalves && $0 > length / 2 ? 1 : 0 })
      })
  }

  @Test func `random BERTs give transformers' states`() throws {
    _ = ThreadTeam(count: 1)
    let bench = try PromptBench()
    for (model, config) in try DifferentialCase.all("bert") {
      model.compared {
        let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        let words = special + (special.count..<model.config.vocab_size).map { "w\($0)" }
        let loaded = try model.model(
          weights(model), config: config, tokenizer: ("vocab.txt", words.joined(separator: "\n")),
          in: bench)
        let backbone = loaded.backbone
        #expect(backbone.hasPooler == (model.pooler == true))
        let batch = batch(model)
        let hidden = backbone.hiddenStates(
          of: batch, prompts: loaded.bare, reading: .all, dropout: 0, in: .inference())
        let values = hidden.value.values
        for (index, expected) in model.states.enumerated() {
          let begin = Int(batch.offsets[index]) * backbone.width
          let end = Int(batch.offsets[index + 1]) * backbone.width
          model.expect(values[begin..<end], "signs \(index)", expected)
        }
        if let expected = model.pooled {
          let pooled = backbone.pooled(rows([0], of: hidden), in: .inference())
          model.expect(pooled.value.values[...], "pooled", expected)
        }
      }
    }
  }
}
