// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// The tiny ModernBERT of the fixtures: 3 layers of width 24, of which the last two hear 3 places
/// on either side, 60 tokens, and a layer before the head.
enum TinyModernBERT {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/encoders/modernbert/model")

  /// Its config.json, some keys of it changed; null takes one away.
  static func configuration(_ changes: [String: Any?] = [:]) throws -> ModernBERT.Configuration {
    let file = try Data(contentsOf: folder.appending(path: "config.json"))
    var keys = try #require(try JSONSerialization.jsonObject(with: file) as? [String: Any])
    for (key, value) in changes { keys[key] = value }
    return try JSONDecoder().decode(
      ModernBERT.Configuration.self, from: JSONSerialization.data(withJSONObject: keys))
  }

  static func load(
    _ changes: [String: Any?] = [:], isTrained: Bool = false, precision: Precision = .float32
  ) throws -> ModernBERT {
    _ = ThreadTeam(count: 1)  // as every replica does
    return try ModernBERT(
      from: Weights(contentsOf: folder), configuration(changes), isTrained: isTrained,
      precision: precision)
  }

  /// Texts of some lengths with random words, [CLS] first and [SEP] last.
  static func texts(lengths: [Int], seed: UInt64 = 5) -> [Row] {
    var generator = SeededGenerator(seed: seed, purpose: "texts")
    return lengths.map { length in
      let words = (0..<max(0, length - 2)).map { _ in Int32.random(in: 5..<60, using: &generator) }
      let ids = length == 1 ? [2] : [2] + words + [3]
      return Row(ids: ids, segments: ids.map { _ in 0 })
    }
  }

  /// The hidden states of all slots.
  static func states(
    _ model: ModernBERT, _ rows: [Row], _ prompts: [FoldedPrompt] = []
  ) -> Tensor {
    model.hiddenStates(
      of: Batch(rows), prompts: state(prompts), reading: .all, dropout: 0, in: .inference()
    ).value
  }

  static func state(_ prompts: [FoldedPrompt]) -> PromptState {
    guard !prompts.isEmpty else { return .none(layerCount: 3) }
    return PromptTables<Tensor>(prompts, layerCount: 3, width: 24).map { Variable($0) }
  }
}
