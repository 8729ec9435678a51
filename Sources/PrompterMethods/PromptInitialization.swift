// SPDX-License-Identifier: Apache-2.0

public import PrompterTensor

/// Where an input prompt starts (Lester and others 2021, section 3.2, "Prompt Initialization").
public enum PromptInitialization: Sendable {
  /// Uniform in [-0.5, 0.5), as the paper says.
  case random
  /// Uniform in [0, 0.5), as the authors' code draws: JAX's `uniform` begins at 0.
  case positiveRandom
  /// Words sampled without replacement from the most frequent 5,000 of these candidates.
  case vocabulary(candidates: [Int32])
  /// Each label's text, its pieces averaged; what is left over is sampled from the candidates.
  case labels([[Int32]], candidates: [Int32])
  /// The pieces of a text, from the first on, repeated until the prompt is full.
  case text([Int32])
  /// Another prompt, cut or repeated to the length (as in SPoT, Vu and others 2022).
  case prompt(Tensor)

  /// The name of the kind, without its values.
  public var kind: String {
    switch self {
    case .random: "random"
    case .positiveRandom: "random:code"
    case .vocabulary: "vocabulary"
    case .labels: "labels"
    case .text: "text"
    case .prompt: "prompt"
    }
  }

  /// The length that the start has of itself: another prompt's; nil where any length will do.
  public var ownLength: Int? {
    guard case .prompt(let other) = self else { return nil }
    return other.rows
  }

  // The paper samples from this many of the most common words.
  static let sampledCount = 5_000

  /// The starting vectors [length, width].
  ///
  /// - Parameters:
  ///   - length: The prompt length.
  ///   - width: The backbone's width.
  ///   - seed: The seed of what is random.
  ///   - embeddings: Gives the word embeddings [ids, width] of some tokens.
  /// - Returns: A tensor of its own.
  public func vectors(
    length: Int, width: Int, seed: UInt64, embeddings: ([Int32]) -> Tensor
  ) -> Tensor {
    var generator = SeededGenerator(seed: seed, purpose: "prompt")
    switch self {
    case .random:
      return Tensor(uniform: [length, width], in: -0.5..<0.5, using: &generator)
    case .positiveRandom:
      return Tensor(uniform: [length, width], in: 0..<0.5, using: &generator)
    case .vocabulary(let candidates):
      return embeddings(Self.sample(length, of: candidates, using: &generator))
    case .labels(let labels, let candidates):
      let known = labels.prefix(length).filter { !$0.isEmpty }
      let means = known.map { Self.mean(of: embeddings($0)) }
      let rest = Self.sample(length - means.count, of: candidates, using: &generator)
      return Tensor(joiningRowsOf: means + [embeddings(rest)], columns: width)
    case .text(let ids):
      return embeddings((0..<length).map { ids[$0 % ids.count] })
    case .prompt(let other):
      let values = other.values
      let repeated = (0..<length).flatMap { row in
        values[row % other.rows * width..<(row % other.rows + 1) * width]
      }
      return Tensor(repeated, shape: [length, width])
    }
  }

  // Draws without replacement; with it only once the candidates are used up.
  private static func sample(
    _ count: Int, of candidates: [Int32], using generator: inout SeededGenerator
  ) -> [Int32] {
    let pool = candidates.prefix(sampledCount)
    precondition(count <= 0 || !pool.isEmpty, "There are no words to sample a prompt from.")
    var drawn: [Int32] = []
    while drawn.count < count {
      drawn += pool.shuffled(using: &generator).prefix(count - drawn.count)
    }
    return drawn
  }

  private static func mean(of rows: Tensor) -> Tensor {
    let values = rows.values
    let means = (0..<rows.columns).map { column in
      (0..<rows.rows).reduce(Float(0)) { $0 + values[$1 * rows.columns + column] }
        / Float(rows.rows)
    }
    return Tensor(means, shape: [1, rows.columns])
  }
}
