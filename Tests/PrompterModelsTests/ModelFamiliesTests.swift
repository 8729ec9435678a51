// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCore
import PrompterModels
import Testing

@Suite struct ModelFamiliesTests {
  /// Documents in memory, as a file of another format has them.
  private struct Documents: ModelSource {
    var texts: [ModelDocument: String]

    func place(of document: ModelDocument) -> String { "model.bin" }

    func read<Value: Decodable>(
      _ type: Value.Type, from document: ModelDocument
    ) throws -> Value? {
      try texts[document].map { try JSONDecoder().decode(type, from: Data($0.utf8)) }
    }
  }

  private static let t5 = """
    {"model_type": "t5", "d_model": 8, "d_kv": 4, "num_heads": 2, "d_ff": 16, "num_layers": 1,
     "vocab_size": 50, "decoder_start_token_id": 0, "eos_token_id": 1}
    """
  private static let bert = """
    "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 64,
    "vocab_size": 120, "max_position_embeddings": 64
    """

  @Test func `no two families share a name or a model type`() {
    let (names, types) = (
      ModelFamilies.all.map { $0.name }, ModelFamilies.all.flatMap { $0.modelTypes }
    )
    #expect(Set(names).count == names.count && Set(types).count == types.count)
    #expect(
      names == [
        "bert", "t5", "roberta", "distilbert", "electra", "mpnet", "albert", "modernbert",
        "deberta-v2",
      ])
    for name in names { #expect(ModelFamilies.named(name)?.name == name) }
    #expect(ModelFamilies.named("mixer") == nil)
  }

  @Test func `a model that does not say its kind is one of the first family`() throws {
    let source = Documents(texts: [.configuration: "{\(Self.bert)}"])
    let shape = try ModelFamilies.configuration(from: source)
    #expect(shape.family == "bert" && shape.layerCount == 3 && !shape.writesTexts)
    #expect(shape.layerCount(of: .encoder) == 3 && shape.layerCount(of: .decoder) == 0)
    #expect(shape.positionLimit == 64 && shape.segmentLimit == 2 && shape.unkeptRules.isEmpty)
  }

  @Test func `a source that is no folder tells what a folder tells`() throws {
    let source = Documents(texts: [
      .configuration: Self.t5, .generation: #"{"eos_token_id": 7, "min_length": 3}"#,
    ])
    let shape = try #require(
      try ModelFamilies.configuration(from: source) as? T5.Configuration)
    #expect(shape.endTokenID == 7 && shape.unkeptRules == ["min_length"] && shape.writesTexts)
    #expect(shape.layerCount(of: .encoder) == 1 && shape.layerCount(of: .decoder) == 1)
  }

  @Test func `what is not known is refused by the source's own name`() {
    let unknown = Documents(texts: [.configuration: #"{"model_type": "llama"}"#])
    for source in [unknown, Documents(texts: [:])] {
      let error = #expect(throws: BackboneError.self) {
        try ModelFamilies.configuration(from: source)
      }
      #expect("\(String(describing: error))".contains("model.bin: `model_type` is"))
    }
  }
}
