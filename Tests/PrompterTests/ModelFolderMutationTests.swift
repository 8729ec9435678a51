// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCore
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Model folders with one damaged file: they load or are refused, and what loads answers.
@Suite struct ModelFolderMutationTests {
  private static let tokens = [
    "\"hidden_size\"", "\"model_type\":\"t5\"", "\"[CLS]\"", "\"ids\":", "\"type_id\":1",
    "\"tokenizer_class\":\"BertTokenizer\"", "\"do_lower_case\":false", "\"added_tokens_decoder\":",
  ]
  private static let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
  private static let words = special + ["good", "bad", "film", "##s", "the", ".", "a", "b"]

  // One layer of width 4, in two shards, with all the files that stand beside a vocabulary.
  private static func encoder() -> [String: [UInt8]] {
    var weights = MadeWeights(seed: 1, element: .float32)
    for (name, count) in [("word", words.count), ("position", 12), ("token_type", 2)] {
      weights.add("embeddings.\(name)_embeddings.weight", [count, 4])
    }
    func linear(_ name: String, _ outputs: Int = 4, _ inputs: Int = 4) {
      weights.add(name + ".weight", [outputs, inputs])
      weights.add(name + ".bias", [outputs])
    }
    func norm(_ name: String) {
      weights.add(name + ".LayerNorm.weight", [4])
      weights.add(name + ".LayerNorm.bias", [4])
    }
    norm("embeddings")
    let layer = "encoder.layer.0."
    for part in ["query", "key", "value"] { linear(layer + "attention.self." + part) }
    linear(layer + "attention.output.dense")
    norm(layer + "attention.output")
    linear(layer + "intermediate.dense", 8, 4)
    linear(layer + "output.dense", 4, 8)
    norm(layer + "output")
    linear("pooler.dense")
    return weights.files("sharded").merging(
      [
        "config.json": """
        {"model_type":"bert","architectures":["BertModel"],"hidden_size":4,"num_hidden_layers":1,
         "num_attention_heads":2,"intermediate_size":8,"vocab_size":\(words.count),
         "max_position_embeddings":12,"type_vocab_size":2,"hidden_act":"gelu",
         "layer_norm_eps":1e-12,"hidden_dropout_prob":0.1,"attention_probs_dropout_prob":0.1,
         "position_embedding_type":"absolute","pad_token_id":0}
        """,
        "vocab.txt": words.joined(separator: "\n") + "\n",
        "tokenizer_config.json": """
        {"do_lower_case":true,"tokenizer_class":"BertTokenizer","unk_token":"[UNK]",
         "cls_token":"[CLS]","sep_token":"[SEP]","strip_accents":null,"model_max_length":512,
         "tokenize_chinese_chars":true,"additional_special_tokens":["a"],
         "added_tokens_decoder":{"11":{"content":"a","special":true,"lstrip":false}}}
        """,
        "special_tokens_map.json": """
        {"cls_token":"[CLS]","sep_token":{"content":"[SEP]","lstrip":false},"unk_token":"[UNK]"}
        """,
        "added_tokens.json": "{\"a\": 11, \"b\": 12}",
        "modules.json": """
        [{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},
         {"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]
        """,
        "1_Pooling/config.json": """
        {"word_embedding_dimension":4,"pooling_mode_cls_token":false,
         "pooling_mode_mean_tokens":true,"pooling_mode_max_tokens":false,"include_prompt":true}
        """,
      ].mapValues { Array($0.utf8) }
    ) { $1 }
  }

  private static let tokenizer = """
    {"version":"1.0","truncation":null,"padding":null,
     "added_tokens":[{"id":11,"content":"a","single_word":false,"lstrip":true,"rstrip":false,
                      "normalized":false,"special":true}],
     "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,
                   "strip_accents":null,"lowercase":true},
     "pre_tokenizer":{"type":"BertPreTokenizer"},
     "post_processor":{"type":"TemplateProcessing",
       "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                 {"SpecialToken":{"id":"[SEP]","type_id":0}}],
       "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
               {"SpecialToken":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}},
               {"SpecialToken":{"id":"[SEP]","type_id":1}}],
       "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},
                         "[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},
     "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
     "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
       "max_input_chars_per_word":100,
       "vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4,"good":5,"bad":6,"film":7,
                "##s":8,"the":9,".":10,"a":11,"b":12}}}
    """

  private static let queries = [
    Query("good films", task: nil), Query(""), Query("\u{301}\u{0}"), Query("a b. the", "good bad"),
    Query(String(repeating: "film ", count: 40), String(repeating: "x", count: 120)),
  ]

  private func answer(_ folder: URL, _ prompt: Prompt) throws {
    let model = try PretrainedModel(contentsOf: folder)
    let predictor = try Predictor(
      model: model, prompts: [("p", prompt)], threads: 1, isPinned: false)
    _ = try predictor.predict(Self.queries)
  }

  // A head over three of the model's layers would be refused as another model's.
  private func prompt(family: String, width: Int) -> Prompt {
    var card = PromptCard.sample
    card.method = .promptTuning
    card.promptLength = 2
    card.pooling = .mean
    card.maximumLength = 10
    card.task.preset = nil
    card.backbone = .init(
      name: "m", family: family, layers: 1, width: width, heads: 2, parameters: 1, sha256: nil)
    var random = SeededRandom(seed: 1)
    return Prompt(
      card: card, folded: FoldedPrompt(input: random.tensor([2, width])),
      head: Prompt.Head(weight: random.tensor([3, width]), bias: random.tensor([3])))
  }

  @Test func `damaged folders of an encoder load or throw, and answer`() throws {
    let prompt = prompt(family: "bert", width: 4)
    for (index, extra) in [[:], ["tokenizer.json": Array(Self.tokenizer.utf8)]].enumerated() {
      let folder = try DamagedFolder(
        Self.encoder().merging(extra) { $1 }, seed: index, tokens: Self.tokens)
      try answer(folder.url, prompt)
      try folder.survive(Mutations.count(400, part: 2)) { try answer($0, prompt) }
    }
  }

  @Test func `damaged folders of a T5 load or throw, and write`() throws {
    let fixture = PromptBench.fixture("../text/model")
    var files = try DamagedFolder.files(of: fixture)
    files["generation_config.json"] = Array(
      """
      {"decoder_start_token_id":0,"eos_token_id":1,"pad_token_id":0,"max_length":20,"num_beams":2}
      """.utf8)
    files["tokenizer_config.json"] = Array(
      """
      {"tokenizer_class":"T5Tokenizer","eos_token":"</s>","extra_ids":0,"legacy":false,
       "additional_special_tokens":["<extra_id_0>"]}
      """.utf8)
    files["special_tokens_map.json"] = Array("{\"eos_token\":\"</s>\"}".utf8)
    let adapter = try Prompt(contentsOf: PromptBench.fixture("../text/peft-prompt"))
    let folder = try DamagedFolder(files, seed: 3, tokens: Self.tokens)
    try folder.survive(Mutations.count(150, part: 8)) { folder in
      let model = try PretrainedModel(contentsOf: folder)
      var predictor = try Predictor(
        model: model, prompts: [("p", adapter)], threads: 1, isPinned: false)
      predictor.maximumTargetLength = 3
      _ = try predictor.predict(Self.queries)
    }
  }

  @Test func `damaged spellings of a T5's settings load or throw`() throws {
    let fixture = PromptBench.fixture("../t5-tokenizer/plain")
    let folder = try DamagedFolder(
      DamagedFolder.files(of: fixture).merging([
        "tokenizer_config.json": Array("{\"tokenizer_class\":\"T5Tokenizer\"}".utf8),
        "added_tokens.json": Array("{\"<extra_id_0>\":50}".utf8),
      ]) { $1 }, seed: 4, tokens: Self.tokens)
    try folder.survive(Mutations.count(100, part: 4)) { folder in
      let tokenizer = try Tokenizers.load(contentsOf: folder)
      for query in Self.queries {
        let ids = tokenizer.encode(query.text, pair: query.pair, maximumLength: 20).ids
        _ = tokenizer.decode(ids)
      }
    }
  }
}
