// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterTensor

/// The tiny DeBERTas of the fixtures: 3 layers of width 24, 60 tokens.
enum TinyDeBERTa {
  /// The folder of `deberta-v2` or `deberta-v3`.
  static func folder(_ kind: String) -> URL {
    TinyBERT.fixtures.deletingLastPathComponent().appending(path: "encoders/\(kind)/model")
  }

  static func weights(_ kind: String) throws -> Weights { try Weights(contentsOf: folder(kind)) }

  /// What config.json says, with some keys changed.
  static func configuration(
    _ kind: String, _ change: (inout [String: Any]) -> Void = { _ in }
  ) throws -> DeBERTaV2.Configuration {
    let data = try Data(contentsOf: folder(kind).appending(path: "config.json"))
    var keys = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    change(&keys)
    return try JSONDecoder().decode(
      DeBERTaV2.Configuration.self, from: JSONSerialization.data(withJSONObject: keys))
  }

  static func load(
    _ kind: String, precision: Precision = .float32,
    _ change: (inout [String: Any]) -> Void = { _ in }
  ) throws -> DeBERTaV2 {
    _ = ThreadTeam(count: 1)  // as every replica does
    return try DeBERTaV2(
      from: weights(kind), configuration(kind, change), precision: precision)
  }
}
