// SPDX-License-Identifier: Apache-2.0

/// The pieces of a model's vocabulary that a prompt's vectors lie closest to.
///
/// Lester and others 2021, section 7: a vector p that was trained freely is told by the pieces
/// whose word embeddings e have the largest cosine with it,
///
/// ```
/// cos(p, e) = p · e / (|p| |e|)
/// ```
///
/// The paper finds that the neighbours of one vector belong together, and that class labels are
/// often among them. Here both have measures: ``VirtualToken/cohesion`` beside what two pieces have
/// in common at random, ``VirtualToken/clusters``, and ``labels``.
///
/// ```swift
/// let nearest = try NearestPieces(of: prompt.folded, labels: prompt.card.labels, in: model)
/// print(nearest.tokens[0].neighbours.map(\.piece))
/// ```
public struct NearestPieces: Sendable, Equatable {
  /// Which prompt a vector belongs to.
  public enum Part: String, Sendable, Equatable {
    /// The one at the model's input.
    case input
    /// The one before the decoder's input.
    case decoder
  }

  /// A piece near a virtual token.
  public struct Neighbour: Sendable, Equatable {
    /// The piece's id.
    public let id: Int32
    /// The piece, with the marks that its vocabulary has for the beginnings or ends of words.
    public let piece: String
    /// The cosine of its embedding with the virtual token.
    public let similarity: Double
  }

  /// A vector of the prompt and what is near it.
  public struct VirtualToken: Sendable, Equatable {
    /// The prompt that it belongs to.
    public let part: Part
    /// Its place there, counted from 1.
    public let number: Int
    /// The length of the vector.
    public let norm: Double
    /// The nearest pieces, nearest first; of equally near ones the lower id comes first.
    public let neighbours: [Neighbour]
    /// The mean cosine between any two of the neighbours; nil if there is only one.
    public let cohesion: Double?
    /// Which neighbours belong together, as indices of ``neighbours``: groups of two or more, any
    /// two of which have a cosine of at least ``NearestPieces/threshold``.
    ///
    /// Each neighbour, from the nearest on, joins the first group with all of whose members it
    /// belongs together, or begins one.
    public let clusters: [[Int]]
  }

  /// Where a piece stands among the neighbours of a virtual token.
  public struct Place: Sendable, Equatable {
    /// The prompt that the virtual token belongs to.
    public let part: Part
    /// The virtual token, counted from 1.
    public let number: Int
    /// The piece's rank among its neighbours, counted from 1.
    public let rank: Int
  }

  /// A class label and where its pieces are near.
  public struct Label: Sendable, Equatable {
    /// One piece of a label.
    public struct Piece: Sendable, Equatable {
      /// The piece's id.
      public let id: Int32
      /// The piece.
      public let piece: String
      /// Every virtual token that it is near, in their order.
      public let places: [Place]
    }

    /// The label.
    public let label: String
    /// What its text is made of, each piece once, without special ones.
    public let pieces: [Piece]

    /// Whether every piece of the label is near some virtual token.
    public var isNear: Bool { !pieces.isEmpty && pieces.allSatisfy { !$0.places.isEmpty } }
  }

  /// The cosine of two different pieces drawn at random.
  public struct RandomPair: Sendable, Equatable {
    /// Its mean.
    public let mean: Double
    /// Its standard deviation.
    public let deviation: Double
  }

  /// The virtual tokens at the input, then those before the decoder's.
  public let tokens: [VirtualToken]
  /// The number of pieces that were looked at: those that stand for text.
  public let pieceCount: Int
  /// What two pieces have in common at random; nil of a vocabulary of one piece.
  public let random: RandomPair?
  /// The class labels, in index order.
  public let labels: [Label]

  /// The cosine from which on two pieces belong together: 4 standard deviations above the mean of
  /// random pairs, but never more than 0.95.
  ///
  /// Some models' embeddings all point in much the same direction, others' in all directions, so no
  /// one number would do for both.
  public var threshold: Double { Self.threshold(above: random) }

  static func threshold(above random: RandomPair?) -> Double {
    min(0.95, random.map { $0.mean + 4 * $0.deviation } ?? 0.95)
  }

  /// The mean of all virtual tokens' ``VirtualToken/cohesion``; nil where none has any.
  public var cohesion: Double? {
    let known = tokens.compactMap(\.cohesion)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// The number of different pieces that are nearest to some virtual token.
  ///
  /// In long prompts several virtual tokens often have the same.
  public var distinctNearestCount: Int {
    Set(tokens.compactMap { $0.neighbours.first?.id }).count
  }
}
