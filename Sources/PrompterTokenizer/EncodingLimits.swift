// SPDX-License-Identifier: Apache-2.0

/// The largest numbers that a tokenizer can put into an encoding, to be compared with the tables
/// that they index.
public struct EncodingLimits: Sendable, Equatable {
  /// The largest id.
  public var id: Int32
  /// The largest segment of one text, special tokens included.
  public var segment: Int32
  /// The largest segment of a pair of texts.
  public var pairSegment: Int32
  /// The special tokens around one text.
  public var specialCount: Int
  /// The special tokens around a pair of texts.
  public var pairSpecialCount: Int

  /// Limits from their parts.
  public init(
    id: Int32, segment: Int32, pairSegment: Int32, specialCount: Int, pairSpecialCount: Int
  ) {
    self.id = id
    self.segment = segment
    self.pairSegment = pairSegment
    self.specialCount = specialCount
    self.pairSpecialCount = pairSpecialCount
  }
}

extension SequenceTemplate {
  /// The limits of encodings whose own tokens have ids up to one.
  func limits(largestID: Int32) -> EncodingLimits {
    EncodingLimits(
      id: specialIDs.reduce(largestID, max), segment: Self.largestSegment(single),
      pairSegment: Self.largestSegment(pair), specialCount: Self.specialCount(single),
      pairSpecialCount: Self.specialCount(pair))
  }

  private static func largestSegment(_ pieces: [Piece]) -> Int32 {
    pieces.map(\.segment).max() ?? 0
  }
}

extension SequenceTemplate.Piece {
  var segment: Int32 {
    switch self {
    case .text(let segment), .pair(let segment), .special(_, let segment): segment
    }
  }
}
