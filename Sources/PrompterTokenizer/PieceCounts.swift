// SPDX-License-Identifier: Apache-2.0

/// How many pieces some texts have, and how many of them the vocabulary does not know.
///
/// A vocabulary of another language leaves little of a text: of two thirds of unknown pieces no
/// method can learn much.
public struct PieceCounts: Sendable, Equatable {
  /// The pieces of the texts, without the special tokens around them.
  public private(set) var total = 0
  /// Those of them that stand for anything that the vocabulary has no piece for.
  public private(set) var unknown = 0

  private let unknownID: Int32?

  /// No pieces yet of a tokenizer's texts.
  public init(of tokenizer: any Tokenizer) {
    unknownID = tokenizer.unknownID
  }

  /// Counts a text's pieces.
  ///
  /// - Complexity: O(n) in the number of tokens.
  public mutating func add(_ encoding: Encoding) {
    for (id, word) in zip(encoding.ids, encoding.words) where word != nil {
      total += 1
      if id == unknownID { unknown += 1 }
    }
  }

  /// Counts the pieces of a text whose tokens are at hand.
  ///
  /// - Parameters:
  ///   - ids: The tokens.
  ///   - specialCount: How many of them stand around and between texts.
  /// - Complexity: O(n) in the number of tokens.
  public mutating func add(ids: [Int32], specialCount: Int) {
    total += ids.count - specialCount
    if let unknownID { unknown += ids.count { $0 == unknownID } }
  }

  /// The share of unknown pieces; 0 without pieces.
  public var unknownShare: Double { Double(unknown) / Double(max(1, total)) }
}
