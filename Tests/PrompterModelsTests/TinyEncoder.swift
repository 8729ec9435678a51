// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import Testing

/// One of the tiny models of Scripts/make-encoder-fixtures.py: 3 layers of width 24, 3 heads, 60
/// tokens, a table of 40 positions.
struct TinyEncoder: Sendable, CustomTestStringConvertible {
  /// Its folder among the fixtures.
  let folder: String
  /// Its family, as prompts remember it.
  let family: String
  /// What stands before its weights' names in files with heads.
  let scope: String
  /// Heads that such files have.
  let heads: [String]
  /// The positions that texts may have.
  var positions = 40
  /// The segments, if it looks at them.
  var segments: Int?
  /// The width of its word embeddings.
  var embeddingWidth = 24
  /// Whether it has a pooler.
  var hasPooler = true

  var testDescription: String { folder }

  static let all: [TinyEncoder] = [
    TinyEncoder(
      folder: "roberta", family: "roberta", scope: "roberta",
      heads: ["lm_head.bias", "lm_head.dense.weight", "classifier.out_proj.weight"], positions: 38,
      segments: 1),
    TinyEncoder(
      folder: "xlm-roberta", family: "roberta", scope: "roberta",
      heads: ["lm_head.layer_norm.weight", "classifier.dense.bias"], positions: 36, segments: 1),
    TinyEncoder(
      folder: "distilbert", family: "distilbert", scope: "distilbert",
      heads: [
        "vocab_transform.weight", "vocab_layer_norm.bias", "vocab_projector.weight",
        "pre_classifier.weight", "qa_outputs.weight",
      ], hasPooler: false),
    TinyEncoder(
      folder: "electra", family: "electra", scope: "electra",
      heads: [
        "discriminator_predictions.dense.weight", "generator_predictions.LayerNorm.weight",
        "generator_lm_head.bias",
      ], segments: 2, embeddingWidth: 16, hasPooler: false),
    TinyEncoder(
      folder: "mpnet", family: "mpnet", scope: "mpnet",
      heads: ["lm_head.dense.weight", "classifier.out_proj.bias"], positions: 38),
    TinyEncoder(
      folder: "albert", family: "albert", scope: "albert",
      heads: [
        "predictions.decoder.weight", "predictions.bias", "sop_classifier.classifier.weight",
      ],
      segments: 2, embeddingWidth: 16),
  ]

  /// The model's folder.
  var model: URL {
    TinyBERT.fixtures.deletingLastPathComponent().appending(path: "encoders/\(folder)/model")
  }

  /// The model in a folder, its own by default.
  func load(from folder: URL? = nil, isTrained: Bool = false) throws -> any Backbone {
    _ = ThreadTeam(count: 1)  // as every replica does
    let folder = folder ?? model
    return try ModelFamilies.configuration(from: ModelFolder(folder)).backbone(
      from: Weights(contentsOf: folder), isTrained: isTrained, replacing: [:],
      precision: .float32)
  }

  /// Texts of tokens that it knows, in a single segment.
  static func texts(lengths: [Int]) -> [Row] {
    TinyBERT.texts(lengths: lengths).map { row in
      Row(ids: row.ids.map { $0 % 60 }, segments: row.ids.map { _ in 0 })
    }
  }
}
