// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterAutodiff
import PrompterCore
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// A random model and what transformers computes with it; Scripts/make-differential-fixtures.py
/// says what is in the lines.
struct DifferentialCase: Decodable {
  /// What config.json says of the shape, of either family.
  struct Shape: Decodable {
    var hidden_size, num_hidden_layers, intermediate_size: Int?
    var max_position_embeddings, type_vocab_size: Int?
    var d_model, d_kv, num_heads, d_ff, num_layers, num_decoder_layers: Int?
    var relative_attention_num_buckets: Int?
    var model_type: String
    var vocab_size: Int
    var feed_forward_proj: String?
  }

  var seed: Int
  var config: Shape
  var prefix: String?
  var gamma, extras, pooler, head: Bool?
  var words: [String]?
  var type: MadeWeights.Element
  var format: String
  var lengths: [Int]
  var states: [[Double]]
  var pooled: [Double]?
  var logits: [[Double]]?
  var greedy: [[Int32]]?

  /// The cases of a family, each with the bytes of its config.json.
  static func all(_ family: String) throws -> [(case: DifferentialCase, config: Data)] {
    let url = PromptBench.fixture("../differential/\(family).jsonl")
    return try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).map { line in
      let object = try JSONSerialization.jsonObject(with: line) as? [String: Any]
      let config = try JSONSerialization.data(withJSONObject: object?["config"] ?? [:])
      return (try JSONDecoder().decode(DifferentialCase.self, from: line), config)
    }
  }

  /// Loads the model of some weights as everybody would, from a folder.
  func model(
    _ weights: MadeWeights, config: Data, tokenizer: (name: String, text: String),
    in bench: PromptBench
  ) throws -> PretrainedModel {
    let folder = bench.folder.appending(component: "\(config.count)-\(seed)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try config.write(to: folder.appending(component: "config.json"))
    try Data(tokenizer.text.utf8).write(to: folder.appending(component: tokenizer.name))
    for (name, bytes) in weights.files(format) {
      try Data(bytes).write(to: folder.appending(component: name))
    }
    return try PretrainedModel(contentsOf: folder, precision: .float32)
  }

  /// The random tokens of a text.
  func ids(_ index: Int, _ length: Int, from first: Int) -> [Int32] {
    var numbers = MadeNumbers(seed: seed, purpose: "text", index: index)
    return (0..<length).map { _ in Int32(first + numbers.below(config.vocab_size - first)) }
  }

  /// Compares; a case that cannot be loaded is a failure and does not keep others from being
  /// compared.
  func compared(_ compare: () throws -> Void) {
    withEvery("case", in: [seed]) { _ in
      do {
        try compare()
      } catch {
        Issue.record(error)
      }
    }
  }

  /// Compares the states of some rows with two numbers of what they should be.
  func expect(_ values: ArraySlice<Float>, _ purpose: String, _ expected: [Double]) {
    var numbers = MadeNumbers(seed: seed, purpose: purpose)
    let signs = numbers.bytes(values.count)
    let square = values.reduce(0.0) { $0 + Double($1) * Double($1) }
    let sum = zip(values, signs).reduce(0.0) { $0 + ($1.1 >= 0 ? 1 : -1) * Double($1.0) }
    let size = (square / Double(values.count)).squareRoot()
    let chance = sum / max(square, 1e-30).squareRoot()
    #expect(abs(size - expected[0]) <= 1e-4 * expected[0] + 1e-6, "\(purpose), size")
    #expect(abs(chance - expected[1]) <= 2e-4, "\(purpose), signs: \(chance), not \(expected[1])")
  }
}

extension PretrainedModel {
  /// No prompt at all.
  var bare: PromptState {
    PromptTables<Tensor>([FoldedPrompt()], for: backbone).map { Variable($0) }
  }
}
