// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import PrompterCore
internal import PrompterMethods
package import PrompterPrompts
internal import PrompterTasks
package import PrompterTensor
internal import PrompterTestSupport

/// A temporary folder for one test, removed with it.
package final class PromptBench {
  package let folder = FileManager.default.temporaryDirectory
    .appending(path: UUID().uuidString, directoryHint: .isDirectory)

  package init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// The prompt's folder, which is not there at first.
  package var prompt: URL { folder.appending(component: "prompt") }

  /// The names within a folder, temporary ones included.
  package func names(in folder: URL? = nil) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: (folder ?? self.folder).path(percentEncoded: false)
    ).sorted()
  }

  /// The bytes of all files of the prompt's folder.
  package func contents() throws -> [String: Data] {
    try names(in: prompt).reduce(into: [:]) {
      $0[$1] = try Data(contentsOf: prompt.appending(component: $1))
    }
  }

  /// A folder of the fixtures.
  package static func fixture(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/bert/\(name)", directoryHint: .isDirectory).standardizedFileURL
  }
}

extension Prompt {
  /// The kinds of prompts that there are, by name.
  package static let sampleNames = [
    "all layers", "layer range", "mean", "cls", "prompt tuning", "head only", "fine-tuning",
  ]

  /// A small prompt of random values; the same for the same kind and seed.
  package static func sample(_ kind: String = "all layers", seed: Int = 1) -> Prompt {
    var random = SeededRandom(seed: seed)
    let (layers, width, length) = (3, 8, 5)
    var folded = FoldedPrompt()
    var weights: [String: Tensor]?
    var card = PromptCard.sample
    switch kind {
    case "prompt tuning":
      card.method = .promptTuning
      folded.input = random.tensor([length, width], in: -700...700)
    case "head only", "fine-tuning":
      card.method = kind == "head only" ? .headOnly : .fineTuning
      card.promptLength = 0
      // The head's, or more: what is more is the backbone's.
      if kind == "head only" { card.trainableParameters = 3 * width + 3 }
      if kind == "fine-tuning" {
        weights = ["a.weight": random.tensor([4, 2]), "b": random.tensor([])]
      }
    default:
      let range = kind == "layer range" ? 1..<3 : 0..<3
      card.promptLayers = [range.lowerBound + 1, range.upperBound]
      card.pooling = Pooling(rawValue: kind) ?? .pooler
      folded.deep = FoldedPrompt.Deep(
        table: random.tensor([length, layers * 2 * width]), layers: range)
    }
    return Prompt(
      card: card, folded: folded,
      head: Head(weight: random.tensor([3, width]), bias: random.tensor([3])),
      backboneWeights: weights)
  }

  /// Every tensor, in a fixed order.
  package var allTensors: [Tensor] {
    [folded.input, folded.decoderInput, folded.deep?.table, head?.weight, head?.bias].compactMap {
      $0
    }
      + (backboneWeights ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }
}

extension PromptCard {
  /// A card with something in every field, for P-Tuning v2 over all layers until changed.
  package static var sample: PromptCard {
    PromptCard(
      method: .pTuningV2,
      task: TaskDescription(
        kind: .textClassification, preset: "cb", fields: Fields(text: "premise", pair: "größe"),
        labels: ["ja", "\"nein\"", "vielleicht/\u{1F914}"], metrics: [.accuracy, .macroF1]),
      promptLength: 5, promptLayers: nil, pooling: .pooler, maximumLength: 40,
      backbone: BackboneIdentity(
        name: "tiny", family: "bert", layers: 3, width: 8, heads: 4, parameters: 12_345,
        sha256: String(repeating: "ab", count: 32)),
      trainableParameters: 267,
      plan: TrainingPlan(
        duration: .steps(7), learningRate: 1.0 / 3, gradientNormLimit: nil, patience: 2,
        backboneDropout: 0.1, seed: .max),
      training: TrainingRecord(
        method: PTuningV2.Settings(promptLength: 5, layers: 0..<3, dropout: 0.3).record,
        training: DataFingerprint(examples: 60, sha256: "12af90b31c44"),
        validation: DataFingerprint(examples: 3, sha256: "000000000000")),
      history: [
        EpochReport(
          epoch: 0.1, step: 3, loss: 0.1 + 0.2, metrics: ["accuracy": 2.0 / 3], seconds: 1e-9,
          examplesPerSecond: 1e9, tokensPerSecond: 12)
      ],
      best: BestReport(epoch: 0.1, metrics: ["accuracy": 2.0 / 3]), baseline: ["accuracy": 0.5])
  }
}
