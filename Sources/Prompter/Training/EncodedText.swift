// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCore
internal import PrompterTasks
internal import PrompterTokenizer

/// A text and the text that answers it, as an encoder-decoder reads them.
struct EncodedText: Sendable {
  let input: EncodedInput
  /// The tokens of the answer to learn, the end token included.
  let target: [Int32]
}

/// Encoded texts of one data set and how many of them were cut.
struct EncodedTexts: Sendable {
  let examples: [EncodedText]
  let cutCount: Int
  /// What is odd about the texts' pieces.
  let warning: DataWarning?

  /// Encodes a data set; of several answers to one text the first is the one to learn.
  ///
  /// - Throws: ``DataError`` for a text that the backbone cannot read.
  init(
    _ dataset: TextToTextDataset, tokenizer: any Tokenizer, maximumLength: Int,
    maximumTargetLength: Int, within limits: TextLimits
  ) throws {
    var cut = 0
    var pieces = PieceCounts(of: tokenizer)
    examples = try dataset.examples.enumerated().map { number, example in
      let input = tokenizer.encode(example.input, pair: nil, maximumLength: maximumLength)
      let target = tokenizer.encode(
        example.targets.first ?? "", pair: nil, maximumLength: maximumTargetLength)
      if input.truncatedCount + target.truncatedCount > 0 { cut += 1 }
      pieces.add(input)
      pieces.add(target)
      do {
        guard !target.ids.isEmpty else { throw TextProblem.noTokens }
        return EncodedText(
          input: try EncodedInput(input, within: limits), target: target.ids)
      } catch {
        throw DataError.unusableExample(
          file: dataset.url.relativePath, place: "example \(number + 1)", reason: "\(error)")
      }
    }
    cutCount = cut
    warning = DataWarning(pieces: pieces, file: dataset.url.relativePath)
  }

  /// The number of examples and a hash of all that is in them.
  var fingerprint: DataFingerprint {
    DataFingerprint(of: examples.map { [$0.input.ids, $0.target] })
  }
}
