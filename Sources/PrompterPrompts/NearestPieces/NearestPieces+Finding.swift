// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
internal import PrompterKernels
internal import PrompterTensor
internal import PrompterTokenizer

extension NearestPieces {
  /// Finds the pieces nearest to each vector of a prompt for the input.
  ///
  /// Special pieces, unused ones (`[unused…]`), and rows of the embeddings beyond the tokenizer's
  /// vocabulary are left out: they stand for no text.
  ///
  /// - Parameters:
  ///   - folded: The prompt.
  ///   - labels: The class labels to look for.
  ///   - model: The model that the prompt was trained on.
  ///   - count: The neighbours of each virtual token, at least 1; at most as many as there are
  ///     pieces.
  ///   - threads: The threads to compute with.
  ///   - seed: The seed of the random pairs that cohesion is compared with.
  /// - Throws: ``PromptError`` if the prompt has no vectors at the input, or ones of another width.
  /// - Complexity: 2 P V W FLOPs for P virtual tokens, V pieces and width W, in memory for a few
  ///   thousand pieces at a time; a tenth of a second or so for 100 x 32,000 x 768.
  public init(
    of folded: FoldedPrompt, labels: [String] = [], in model: PretrainedModel, count: Int = 5,
    threads: Int = 1, seed: UInt64 = 0
  ) throws {
    let parts: [(Part, Tensor)] = [(.input, folded.input), (.decoder, folded.decoderInput)]
      .compactMap { part, vectors in vectors.map { (part, $0) } }
    guard !parts.isEmpty else {
      throw PromptError.noInputVectors(isDeep: folded.deep != nil)
    }
    for (_, vectors) in parts where vectors.columns != model.backbone.embeddingWidth {
      throw PromptError.unusable(
        file: model.name, value: "the width of its embeddings",
        found: "\(model.backbone.embeddingWidth)",
        expected: "\(vectors.columns), the prompt's")
    }
    let table = PieceTable(of: model)
    let team = ThreadTeam(count: max(1, threads), isPinned: false)
    let random = table.randomPair(seed: seed)
    let threshold = Self.threshold(above: random)
    let tokens = parts.flatMap { part, vectors in
      let found = table.nearest(max(1, count), to: vectors, on: team)
      return team.map(found.count) { row in
        table.virtualToken(
          part, row, vectors.rows(row..<row + 1), near: found[row], threshold: threshold)
      }
    }
    self.init(
      tokens: tokens, pieceCount: table.ids.count, random: random,
      labels: labels.map { table.label($0, near: tokens) })
  }
}

/// The pieces of a vocabulary that stand for text, with their embeddings.
private struct PieceTable: Sendable {
  /// A piece and its cosine with some vector.
  struct Match: Sendable {
    let id: Int32
    let similarity: Float
  }

  let model: PretrainedModel
  let ids: [Int32]

  // So many embeddings are copied at a time; fixed, so that no result depends on the threads.
  private static let partCount = 4_096

  // The pairs among so many random pieces, more than a hundred thousand, tell enough of all pairs.
  private static let sampleCount = 512

  init(of model: PretrainedModel) {
    let special = model.tokenizer.specialIDs
    self.model = model
    ids = (0..<Int32(clamping: model.backbone.vocabularyCount)).filter { id in
      guard !special.contains(id), let piece = model.tokenizer.piece(of: id) else { return false }
      return !piece.hasPrefix("[unused")
    }
  }

  /// The pieces nearest to each row of some vectors, nearest first.
  func nearest(_ count: Int, to vectors: Tensor, on team: ThreadTeam) -> [[Match]] {
    let directions = Self.normalized(vectors)
    let starts = Array(stride(from: 0, to: ids.count, by: Self.partCount))
    let parts = team.map(starts.count) { part in
      let end = min(starts[part] + Self.partCount, ids.count)
      return nearest(count, to: directions, among: Array(ids[starts[part]..<end]))
    }
    return (0..<vectors.rows).map { row in
      let all = parts.flatMap { $0[row] }
      return Array(
        all.sorted { ($1.similarity, $0.id) < ($0.similarity, $1.id) }.prefix(count))
    }
  }

  private func nearest(_ count: Int, to directions: Tensor, among ids: [Int32]) -> [[Match]] {
    let cosines = Self.cosines(directions, normalizedEmbeddings(of: ids))
    let places = Kernels.largest(
      min(count, ids.count), of: cosines.buffer, columns: ids.count)
    return places.enumerated().map { row, places in
      places.map { Match(id: ids[$0], similarity: cosines.buffer[row * ids.count + $0]) }
    }
  }

  /// What is to be told of one vector [1, width] and its neighbours.
  func virtualToken(
    _ part: NearestPieces.Part, _ row: Int, _ vector: Tensor, near matches: [Match],
    threshold: Double
  ) -> NearestPieces.VirtualToken {
    let count = matches.count
    let mutual = count > 1 ? mutualCosines(of: matches.map(\.id)).values.map(Double.init) : []
    var sum = 0.0
    for first in 0..<count {
      for second in 0..<first { sum += mutual[first * count + second] }
    }
    return NearestPieces.VirtualToken(
      part: part, number: row + 1, norm: Kernels.sumOfSquares(vector.buffer).squareRoot(),
      neighbours: matches.map { match in
        NearestPieces.Neighbour(
          id: match.id, piece: model.tokenizer.piece(of: match.id) ?? "",
          similarity: Double(match.similarity))
      },
      cohesion: count > 1 ? sum / Double(count * (count - 1) / 2) : nil,
      clusters: Self.clusters(count) { mutual[$0 * count + $1] >= threshold })
  }

  // Groups any two members of which belong together.
  private static func clusters(_ count: Int, _ belong: (Int, Int) -> Bool) -> [[Int]] {
    var groups: [[Int]] = []
    for item in 0..<count {
      let home = groups.firstIndex { $0.allSatisfy { belong(item, $0) } }
      if let home { groups[home].append(item) } else { groups.append([item]) }
    }
    return groups.filter { $0.count > 1 }
  }

  /// Where the pieces of a label are near.
  func label(_ label: String, near tokens: [NearestPieces.VirtualToken]) -> NearestPieces.Label {
    let special = model.tokenizer.specialIDs
    var known: Set<Int32> = []
    let ids = model.tokenizer.ids(of: label).filter {
      !special.contains($0) && known.insert($0).inserted
    }
    return NearestPieces.Label(
      label: label,
      pieces: ids.map { id in
        let places = tokens.compactMap { token in
          token.neighbours.firstIndex { $0.id == id }.map {
            NearestPieces.Place(part: token.part, number: token.number, rank: $0 + 1)
          }
        }
        return NearestPieces.Label.Piece(
          id: id, piece: model.tokenizer.piece(of: id) ?? "", places: places)
      })
  }

  /// The cosines of pairs of pieces drawn without replacement.
  func randomPair(seed: UInt64) -> NearestPieces.RandomPair? {
    var generator = SeededGenerator(seed: seed, purpose: "random pieces")
    let sample = Array(ids.shuffled(using: &generator).prefix(Self.sampleCount))
    guard sample.count > 1 else { return nil }
    let cosines = mutualCosines(of: sample).values
    var (sum, squares) = (0.0, 0.0)
    for first in 0..<sample.count {
      for second in 0..<first {
        let cosine = Double(cosines[first * sample.count + second])
        sum += cosine
        squares += cosine * cosine
      }
    }
    let pairs = Double(sample.count * (sample.count - 1) / 2)
    let mean = sum / pairs
    return NearestPieces.RandomPair(
      mean: mean, deviation: max(0, squares / pairs - mean * mean).squareRoot())
  }

  private func mutualCosines(of ids: [Int32]) -> Tensor {
    let rows = normalizedEmbeddings(of: ids)
    return Self.cosines(rows, rows)
  }

  private func normalizedEmbeddings(of ids: [Int32]) -> Tensor {
    Self.normalized(model.backbone.wordEmbeddings(of: ids))
  }

  // The products of all rows of one matrix with all rows of another.
  private static func cosines(_ first: Tensor, _ second: Tensor) -> Tensor {
    let result = Tensor(uninitialized: [first.rows, second.rows])
    Kernels.product(
      first.buffer, second.buffer, transposingB: true, m: first.rows, n: second.rows,
      k: first.columns, into: result.buffer)
    return result
  }

  // x / |x| is the root mean square norm without its factor √width; zeros stay zeros.
  private static func normalized(_ rows: Tensor) -> Tensor {
    let gain = Tensor(repeating: 1 / Float(rows.columns).squareRoot(), shape: [rows.columns])
    let result = Tensor(uninitialized: rows.shape)
    Kernels.rmsNorm(
      rows.buffer, adding: nil, gain: gain.buffer, epsilon: .leastNormalMagnitude,
      into: result.buffer, inverseRoots: nil)
    return result
  }
}
