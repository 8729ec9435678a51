// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterMethods
import PrompterNN
import PrompterTensor

/// Keys and values that all layers share: a method that only tests know, made as the article
/// "Adding a method" says.
///
/// Of each virtual token there is one key and one value, and every layer's attention sees them.
/// What is trained is [prompt length, 2 × attention width].
struct SharedPrefix: PromptMethod {
  let table: Parameter
  let layerCount: Int

  var parameters: [Parameter] { [table] }

  func makeState(in pass: Pass) -> PromptState {
    let table = pass(table)
    let (length, width) = (table.value.rows, table.value.columns / 2)
    let layer = PromptState.Layer(blocks: [
      PromptState.Block(
        keys: columns(0..<width, of: table), values: columns(width..<2 * width, of: table),
        length: length)
    ])
    return PromptState(
      input: nil, layers: Array(repeating: layer, count: layerCount),
      firstPositions: [Int32(length)])
  }

  func folded() -> FoldedPrompt {
    let (values, columns) = (table.value.values, table.value.columns)
    let rows = (0..<table.value.rows).flatMap { row in
      (0..<layerCount).flatMap { _ in values[row * columns..<(row + 1) * columns] }
    }
    return FoldedPrompt(
      deep: FoldedPrompt.Deep(
        table: Tensor(rows, shape: [table.value.rows, layerCount * columns]),
        layers: 0..<layerCount))
  }
}

extension SharedPrefix {
  /// The method with its options.
  struct Settings: MethodSettings {
    static let name = MethodName(rawValue: "shared-prefix")

    var promptLength = 4

    static func usualPlan(writesTexts: Bool) -> UsualPlan { UsualPlan(learningRate: 0.03) }

    var record: SettingsRecord { SettingsRecord(["prompt_length": .integer(promptLength)]) }

    var occupiedPositions: Int { promptLength }

    func check(for shape: BackboneShape) throws {
      try TrainingError.checkCount(promptLength, "prompt length")
    }

    func parameterCount(for shape: BackboneShape) -> Int {
      promptLength * 2 * shape.attentionWidth
    }

    func make(for backbone: any Backbone, seed: UInt64) -> any PromptMethod {
      var generator = SeededGenerator(seed: seed, purpose: "prompt")
      let table = Tensor(
        normal: [promptLength, 2 * backbone.attentionWidth], deviation: 0.02, using: &generator)
      return SharedPrefix(
        table: Parameter("prompt", table, isTrained: true), layerCount: backbone.layerCount)
    }
  }
}
