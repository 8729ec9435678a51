// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels
internal import PrompterTensor

/// A decoder that does not end a text before it has some tokens.
///
/// Until then no way of choosing tokens takes the end token. Its probability is not shared out
/// among the others: as in Hugging Face transformers log-probabilities come first, so a beam search
/// compares texts by what the model gave them.
final class PatientDecoder: Decoding {
  private(set) var logits: Tensor
  private(set) var logSums: [Float]

  private let decoder: any Decoding
  private let end: Int
  private var tokensLeft: Int

  /// - Parameters:
  ///   - decoder: What gives the logits.
  ///   - end: The token that ends a text.
  ///   - minimumLength: The fewest tokens that a text gets before its end.
  init(_ decoder: any Decoding, end: Int32, minimumLength: Int) {
    self.decoder = decoder
    self.end = Int(end)
    tokensLeft = minimumLength
    logits = decoder.logits
    logSums = decoder.logSums
    mask()
  }

  func advance(_ tokens: [Int32], of rows: [Int]) {
    decoder.advance(tokens, of: rows)
    tokensLeft -= 1
    logits = decoder.logits
    logSums = decoder.logSums
    mask()
  }

  private func mask() {
    guard tokensLeft > 0 else { return }
    let columns = logits.columns
    for row in 0..<logits.rows { logits.buffer[row * columns + end] = -.infinity }
  }
}
