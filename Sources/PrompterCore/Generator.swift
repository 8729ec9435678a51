// SPDX-License-Identifier: Apache-2.0

internal import PrompterAutodiff
internal import PrompterKernels
internal import PrompterTensor

/// How the next token is chosen.
public enum DecodingStrategy: Sendable, Equatable {
  /// Always the likeliest.
  case greedy
  /// The likeliest text that a search in breadth finds.
  case beam(BeamSearch)
  /// At random, by the probabilities.
  case sampling(Sampling)
}

/// A text that was written.
public struct GeneratedText: Sendable, Equatable {
  /// The tokens, without the start token and the end token.
  public var tokens: [Int32]
  /// Whether the model ended the text, rather than the limit.
  public var hasEnded: Bool
  /// The text's log-likelihood by the model, end token included.
  ///
  /// A beam search divides it by its length to the power of the penalty. A least length rules
  /// tokens out and changes none of it.
  public var score: Float

  /// A text and how it ended.
  public init(tokens: [Int32], hasEnded: Bool, score: Float) {
    self.tokens = tokens
    self.hasEnded = hasEnded
    self.score = score
  }
}

/// Writes texts by a ``TextWriter``.
///
/// What a row gets does not depend on the rows beside it.
public struct Generator: Sendable, Equatable {
  /// How the next token is chosen.
  public var strategy: DecodingStrategy
  /// The most tokens that a text gets, end token included.
  public var maximumLength: Int
  /// The fewest tokens that a text gets before its end token; 0 by default.
  public var minimumLength: Int

  /// A way of choosing tokens, at most `maximumLength` of them.
  public init(
    _ strategy: DecodingStrategy = .greedy, maximumLength: Int, minimumLength: Int = 0
  ) {
    precondition(maximumLength > 0, "A text needs at least one token.")
    self.strategy = strategy
    self.maximumLength = maximumLength
    self.minimumLength = minimumLength
  }

  /// Goes on writing each row of a decoder.
  ///
  /// - Parameters:
  ///   - decoder: A decoder that has taken in what each row begins with.
  ///   - end: The token that ends a text.
  ///   - numbers: A number for each row that decides what is drawn for it, if anything is.
  /// - Returns: A text for each row.
  public func texts(
    by decoder: any Decoding, end: Int32, numbers: [Int]
  ) -> [GeneratedText] {
    guard !numbers.isEmpty else { return [] }
    let decoder =
      minimumLength > 0
      ? PatientDecoder(decoder, end: end, minimumLength: minimumLength) : decoder
    switch strategy {
    case .greedy:
      return oneByOne(decoder, end: end, rows: numbers.count) { logits, live in
        Kernels.largest(1, of: logits.buffer, columns: logits.columns).map { $0[0] }
      }
    case .sampling(let sampling):
      var generators = numbers.map { sampling.generator(number: $0) }
      return oneByOne(decoder, end: end, rows: numbers.count) { logits, live in
        live.enumerated().map { row, text in
          sampling.draw(from: logits, row: row, using: &generators[text])
        }
      }
    case .beam(let search):
      return search.texts(
        by: decoder, end: end, rows: numbers.count, maximumLength: maximumLength)
    }
  }

  // One token a step for each text that has not ended; `choose` gets the logits of those texts.
  private func oneByOne(
    _ decoder: any Decoding, end: Int32, rows: Int,
    choose: (_ logits: Tensor, _ live: [Int]) -> [Int]
  ) -> [GeneratedText] {
    var texts = (0..<rows).map { _ in GeneratedText(tokens: [], hasEnded: false, score: 0) }
    var live = Array(0..<rows)
    for length in 1...maximumLength {
      let logits = decoder.logits
      let sums = decoder.logSums
      let chosen = choose(logits, live)
      var (kept, tokens): ([Int], [Int32]) = ([], [])
      for (row, token) in chosen.enumerated() {
        let text = live[row]
        texts[text].score += logits.buffer[row * logits.columns + token] - sums[row]
        if Int32(token) == end {
          texts[text].hasEnded = true
          continue
        }
        texts[text].tokens.append(Int32(token))
        kept.append(row)
        tokens.append(Int32(token))
      }
      guard !kept.isEmpty, length < maximumLength else { break }
      decoder.advance(tokens, of: kept)
      live = kept.map { live[$0] }
    }
    return texts
  }
}

extension TextWriter {
  /// Writes a text for each row of a batch.
  ///
  /// - Parameters:
  ///   - batch: The rows that the texts follow.
  ///   - prompts: The prompts that the rows name.
  ///   - generator: How tokens are chosen, and how many.
  /// - Returns: A text for each row.
  public func texts(
    for batch: Batch, prompts: PromptState, by generator: Generator
  ) -> [GeneratedText] {
    guard batch.count > 0 else { return [] }
    let rows = batch.prompts.enumerated().map { row, prompt in
      let length = Int32(prompts.decoderInputLength(of: prompt))
      return TargetRow(
        ids: (0..<length).map { -1 - $0 } + [startTokenID], source: row, prompt: prompt)
    }
    return generator.texts(
      by: decoding(of: TargetBatch(rows), after: batch, prompts: prompts), end: endTokenID,
      numbers: batch.numbers.map { Int($0) })
  }
}

/// log Σ exp of each row of logits.
func logSums(of logits: Tensor) -> [Float] {
  let sums = Tensor(uninitialized: [logits.rows])
  Kernels.logSums(of: logits.buffer, columns: logits.columns, into: sums.buffer)
  return sums.values
}
