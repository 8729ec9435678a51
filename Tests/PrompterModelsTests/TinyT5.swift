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

/// A tiny T5 of the fixtures and its golden run; Scripts/make-t5-fixtures.py says what it holds.
struct TinyT5 {
  /// Where the script writes.
  static let fixtures = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/t5")

  static let names = ["gated-silu", "mt5", "t5-1.0", "t5-1.1", "unequal-depth"]

  let model: T5
  let file: SafetensorsFile

  init(_ name: String, isTrained: Bool = false, precision: Precision = .float32) throws {
    let folder = Self.fixtures.appending(path: name)
    _ = ThreadTeam(count: 1)  // the product library would split rows over threads in its own way
    model = try T5(
      from: Weights(contentsOf: folder), T5.Configuration(contentsOf: folder),
      isTrained: isTrained, precision: precision)
    file = try SafetensorsFile(contentsOf: folder.appending(path: "golden.safetensors"))
  }

  func tensor(_ name: String) throws -> Tensor { try file.tensor(name) }

  func values(_ name: String) throws -> [Float] { try tensor(name).values }

  /// Rows of ids, one after another in the file.
  func lists(_ name: String) throws -> [[Int32]] {
    let ids = try values(name + ".ids").map { Int32($0) }
    let offsets = try values(name + ".offsets").map { Int($0) }
    return zip(offsets, offsets.dropFirst()).map { Array(ids[$0..<$1]) }
  }

  /// The prompts of the file, or of one side alone.
  func prompt(input: Bool, decoder: Bool = false) throws -> FoldedPrompt {
    FoldedPrompt(
      input: input ? try tensor("input") : nil,
      decoderInput: decoder ? try tensor("decoder_input") : nil)
  }

  /// The texts, each under a prompt of so many vectors before it.
  func batch(virtualTokens: Int = 0, prompt: Int = 0) throws -> Batch {
    try Batch(rows(virtualTokens: virtualTokens, prompt: prompt))
  }

  func rows(virtualTokens: Int = 0, prompt: Int = 0) throws -> [Row] {
    try lists("batch").map {
      Row(
        text: $0, segments: $0.map { _ in 0 }, virtualTokens: virtualTokens, prompt: prompt)
    }
  }

  /// The targets, each read from the text of its number.
  func targets(virtualTokens: Int = 0) throws -> TargetBatch {
    try TargetBatch(
      lists("targets").enumerated().map { index, target in
        TargetRow(
          target: target, start: model.startTokenID, virtualTokens: virtualTokens, source: index)
      })
  }

  /// The tokens that the logits of the targets are for.
  func labels() throws -> [Int32] { try lists("targets").flatMap(\.self) }

  /// The logits of all targets.
  func logits(
    _ prompts: PromptState, dropout: Float = 0, in pass: Pass = .inference()
  ) throws -> Variable {
    let batch = try batch(virtualTokens: prompts.input.map { Int($0.table.offsets[1]) } ?? 0)
    return model.logits(
      of: try targets(virtualTokens: prompts.decoderInput.map { Int($0.table.offsets[1]) } ?? 0),
      after: batch, prompts: prompts, dropout: dropout, in: pass)
  }

  /// The mean cross-entropy of all target tokens.
  func loss(
    _ prompts: PromptState, dropout: Float = 0, in pass: Pass = .inference()
  ) throws -> Variable {
    let labels = try labels()
    return crossEntropy(
      try logits(prompts, dropout: dropout, in: pass), labels: labels,
      scale: 1 / Float(labels.count))
  }

  /// Constants for one prompt.
  func state(_ prompt: FoldedPrompt) -> PromptState { state([prompt]) }

  /// Constants for several prompts.
  func state(_ prompts: [FoldedPrompt]) -> PromptState {
    PromptTables<Tensor>(prompts, for: model).map { Variable($0) }
  }
}

/// The distance of two lists as a share of a length, by default the second one's.
func relativeGap(_ found: [Float], _ expected: [Float], of length: Double? = nil) -> Double {
  guard found.count == expected.count else { return .infinity }
  func norm(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
  return norm(zip(found, expected).map { $0 - $1 }) / (length ?? norm(expected))
}
