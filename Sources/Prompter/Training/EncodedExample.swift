// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PrompterCore
internal import PrompterKernels
internal import PrompterTasks
internal import PrompterTokenizer

/// A text as the backbone reads it.
struct EncodedInput: Sendable {
  let ids: [Int32]
  let segments: [Int32]
  private let openingCount: Int
  private let closingCount: Int

  /// - Throws: ``TextProblem`` if the encoding is none that the backbone can read.
  init(_ encoding: Encoding, within limits: TextLimits) throws(TextProblem) {
    try limits.check(encoding)
    ids = encoding.ids
    segments = encoding.segments
    openingCount = encoding.openingCount
    closingCount = encoding.closingCount
  }

  /// The batch row of this text under a prompt.
  func row(under folded: FoldedPrompt, prompt: Int = 0) -> Row {
    Row(
      text: ids, segments: segments, virtualTokens: folded.inputLength,
      at: folded.placement.index(
        count: ids.count, openingCount: openingCount, closingCount: closingCount),
      prompt: prompt)
  }
}

/// A text and the index of its label.
struct EncodedExample: Sendable {
  let input: EncodedInput
  let label: Int32
}

/// Encoded examples of one data set and how many of their texts were cut.
struct EncodedDataset: Sendable {
  let examples: [EncodedExample]
  let cutCount: Int
  /// What is odd about the texts' pieces.
  let warning: DataWarning?

  /// Encodes a labelled data set.
  ///
  /// - Throws: ``DataError`` for a label that is not among the labels or a text that the backbone
  ///   cannot read.
  init(
    _ dataset: Dataset, labels: LabelSpace, tokenizer: any Tokenizer, maximumLength: Int,
    within limits: TextLimits
  ) throws {
    let indices = try dataset.labelIndices(in: labels)
    var cut = 0
    var pieces = PieceCounts(of: tokenizer)
    examples = try zip(dataset.examples, indices).map { example, index in
      let encoding = tokenizer.encode(
        example.text, pair: example.pair, maximumLength: maximumLength)
      if encoding.truncatedCount > 0 { cut += 1 }
      pieces.add(encoding)
      do {
        return EncodedExample(
          input: try EncodedInput(encoding, within: limits), label: Int32(index))
      } catch {
        throw DataError.unusableExample(
          file: dataset.url.relativePath, place: "line \(example.line)", reason: "\(error)")
      }
    }
    cutCount = cut
    warning = DataWarning(pieces: pieces, file: dataset.url.relativePath)
  }

  /// The number of examples and a hash of all that is in them.
  var fingerprint: DataFingerprint {
    DataFingerprint(of: examples.map { [[$0.label], $0.input.ids, $0.input.segments] })
  }
}
