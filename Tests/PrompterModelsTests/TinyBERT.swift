// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterNN
import PrompterTensor

/// The tiny BERT of the fixtures: 3 layers of width 32, 64 positions, 120 tokens.
enum TinyBERT {
  /// Where Scripts/make-fixtures.py writes.
  static let fixtures = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/bert")

  /// The backbone's own folder.
  static let folder = fixtures.appending(path: "model")

  static func load(isTrained: Bool = false, precision: Precision = .float32) throws
    -> PostNormEncoder
  {
    keepToOneThread()
    return try PostNormEncoder(
      from: Weights(contentsOf: folder), BERT.Configuration(contentsOf: folder),
      isTrained: isTrained, precision: precision)
  }

  /// The same weights with dropout of attention probabilities, which the fixture has not.
  static func load(attentionDropout: Double) throws -> PostNormEncoder {
    let json = try String(
      contentsOf: folder.appending(path: "config.json"), encoding: .utf8
    ).replacing(
      "\"attention_probs_dropout_prob\": 0.0",
      with: "\"attention_probs_dropout_prob\": \(attentionDropout)")
    let configuration = try JSONDecoder().decode(BERT.Configuration.self, from: Data(json.utf8))
    keepToOneThread()
    return try PostNormEncoder(from: Weights(contentsOf: folder), configuration)
  }

  /// As every replica does: the product library would split rows over threads in its own way.
  private static func keepToOneThread() {
    _ = ThreadTeam(count: 1)
  }

  /// Texts of some lengths with random words, [CLS] first and [SEP] last.
  static func texts(lengths: [Int], seed: UInt64 = 5) -> [Row] {
    var generator = SeededGenerator(seed: seed, purpose: "texts")
    return lengths.map { length in
      let words = (0..<max(0, length - 2)).map { _ in Int32.random(in: 5..<120, using: &generator) }
      let ids = length == 1 ? [2] : [2] + words + [3]
      return Row(ids: ids, segments: ids.indices.map { $0 > length / 2 ? 1 : 0 })
    }
  }
}

extension FoldedPrompt {
  /// An input prompt of random vectors.
  static func input(length: Int, seed: UInt64, width: Int = 32) -> FoldedPrompt {
    var generator = SeededGenerator(seed: seed)
    return FoldedPrompt(
      input: Tensor(normal: [length, width], deviation: 0.3, using: &generator))
  }

  /// A prompt of random keys and values in some layers of three.
  static func deep(length: Int, layers: Range<Int>, seed: UInt64, width: Int = 32) -> FoldedPrompt {
    var generator = SeededGenerator(seed: seed)
    let table = Tensor(normal: [length, 3 * 2 * width], deviation: 1, using: &generator)
    return FoldedPrompt(deep: Deep(table: table, layers: layers))
  }
}

extension PromptState {
  /// Folded prompts side by side, as constants for the tiny BERT.
  static func folded(_ prompts: [FoldedPrompt]) -> PromptState {
    PromptTables<Tensor>(prompts, layerCount: 3, width: 32).map { Variable($0) }
  }
}

extension Row {
  /// The row under a prompt: with its virtual tokens before the text, naming it by its index.
  func under(_ prompt: FoldedPrompt, at index: Int = 0) -> Row {
    Row(text: ids, segments: segments, virtualTokens: prompt.inputLength, prompt: index)
  }
}

extension Tensor {
  /// The values of each row.
  var rowValues: [[Float]] {
    let all = values
    return (0..<rows).map { Array(all[$0 * columns..<($0 + 1) * columns]) }
  }
}

/// The largest difference between two lists of as many numbers; infinite if they are not.
func gap(_ left: [Float], _ right: [Float]) -> Float {
  guard left.count == right.count else { return .infinity }
  var largest: Float = 0
  for (a, b) in zip(left, right) {
    guard !(a - b).isNaN else { return .infinity }
    largest = max(largest, abs(a - b))
  }
  return largest
}

/// Adds one replica's gradient, if it has one, to the sum over those before it.
func add(_ gradient: Tensor?, to sum: inout Tensor?) {
  guard let gradient else { return }
  guard let present = sum else {
    sum = gradient.copy()
    return
  }
  Kernels.add(gradient.buffer, to: present.buffer)
}
