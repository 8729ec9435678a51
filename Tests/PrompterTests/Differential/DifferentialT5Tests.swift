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

/// Hundreds of random T5s beside transformers.
@Suite(.namesValues) struct DifferentialT5Tests {
  private func weights(_ model: DifferentialCase) -> MadeWeights {
    var weights = MadeWeights(seed: model.seed, element: model.type)
    let shape = model.config
    let (width, inner) = (shape.d_model ?? 0, shape.d_ff ?? 0)
    let (heads, keys) = (shape.num_heads ?? 0, (shape.num_heads ?? 0) * (shape.d_kv ?? 0))
    let isGated =
      shape.feed_forward_proj?.hasPrefix("gated") ?? (shape.model_type == "mt5")
    let table = [shape.vocab_size, width]
    for name in model.words ?? [] { weights.add("shared.weight", table, as: name + ".weight") }
    if model.head == true { weights.add("lm_head.weight", table) }
    func attention(_ scope: String, _ name: String, hasBias: Bool = false) {
      for part in ["q", "k", "v"] { weights.add("\(scope)\(name).\(part).weight", [keys, width]) }
      weights.add("\(scope)\(name).o.weight", [width, keys])
      if hasBias {
        weights.add(
          "\(scope)\(name).relative_attention_bias.weight",
          [shape.relative_attention_num_buckets ?? 32, heads])
      }
    }
    func stack(_ stack: String, _ layers: Int) {
      for layer in 0..<layers {
        let scope = "\(stack).block.\(layer).layer."
        attention(scope + "0.", "SelfAttention", hasBias: layer == 0)
        if stack == "decoder" { attention(scope + "1.", "EncDecAttention") }
        let last = stack == "decoder" ? 2 : 1
        for place in 0...last { weights.add("\(scope)\(place).layer_norm.weight", [width]) }
        for name in isGated ? ["wi_0", "wi_1"] : ["wi"] {
          weights.add("\(scope)\(last).DenseReluDense.\(name).weight", [inner, width])
        }
        weights.add("\(scope)\(last).DenseReluDense.wo.weight", [width, inner])
      }
      weights.add("\(stack).final_layer_norm.weight", [width])
    }
    stack("encoder", shape.num_layers ?? 0)
    stack("decoder", shape.num_decoder_layers ?? shape.num_layers ?? 0)
    return weights
  }

  // The smallest Unigram with so many pieces.
  private func tokenizer(_ count: Int) -> String {
    let pieces = ["<pad>", "</s>", "<unk>", "\u{2581}"] + (4..<count).map { "w\($0)" }
    let list = pieces.map { "[\"\($0)\",-1]" }.joined(separator: ",")
    return """
      {"added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Metaspace"},
       "post_processor":{"type":"TemplateProcessing",
        "single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
        "pair":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}},
                {"Sequence":{"id":"B","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
        "special_tokens":{"</s>":{"id":"</s>","ids":[1],"tokens":["</s>"]}}},
       "decoder":{"type":"Metaspace"},"model":{"type":"Unigram","unk_id":2,"vocab":[\(list)]}}
      """
  }

  @Test func `random T5s give transformers' states, logits and texts`() throws {
    _ = ThreadTeam(count: 1)
    let bench = try PromptBench()
    for (model, config) in try DifferentialCase.all("t5") {
      model.compared {
        let loaded = try model.model(
          weights(model), config: config,
          tokenizer: ("tokenizer.json", tokenizer(model.config.vocab_size)), in: bench)
        try compare(model, with: try #require(loaded.textWriter), loaded.bare)
      }
    }
  }

  private func compare(
    _ model: DifferentialCase, with t5: any TextWriter, _ prompts: PromptState
  ) throws {
    let batch = Batch(
      model.lengths.enumerated().map { index, length in
        Row(
          ids: model.ids(index, length, from: 3), segments: [Int32](repeating: 0, count: length))
      })
    let memory = t5.hiddenStates(
      of: batch, prompts: prompts, reading: .all, dropout: 0, in: .inference())
    let targets = TargetBatch(
      model.lengths.indices.map {
        TargetRow(ids: [0] + model.ids(100 + $0, 5, from: 3), source: $0)
      })
    let logits = t5.logits(
      of: targets, after: batch, prompts: prompts, dropout: 0,
      in: .inference()
    ).value
    let texts = t5.texts(
      for: batch, prompts: prompts, by: Generator(.greedy, maximumLength: 6))
    let (states, scores) = (memory.value.values, logits.values)
    for index in model.lengths.indices {
      let (begin, end) = (Int(batch.offsets[index]), Int(batch.offsets[index + 1]))
      model.expect(
        states[begin * t5.width..<end * t5.width], "signs \(index)", model.states[index])
      let size = 6 * logits.columns
      model.expect(
        scores[index * size..<(index + 1) * size], "logits \(index)",
        try #require(model.logits)[index])
      let text = texts[index].tokens + (texts[index].hasEnded ? [t5.endTokenID] : [])
      let expected = try #require(model.greedy)[index]
      #expect(text.starts(with: expected), "text \(index): \(text), not \(expected)")
    }
  }
}
