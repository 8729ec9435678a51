// SPDX-License-Identifier: Apache-2.0

/// Turns texts into the ids a model was trained on.
///
/// Texts are Swift strings and so always well-formed. Whoever reads bytes decodes them with
/// `String(decoding: bytes, as: UTF8.self)`, which puts U+FFFD in place of each ill-formed
/// sequence; a normaliser that cleans text (BERT's does) then removes U+FFFD. Ill-formed bytes
/// therefore never reach the model and never stop a run.
public protocol Tokenizer: Sendable {
  /// The number of different pieces, added tokens included.
  var vocabularyCount: Int { get }

  /// The ids that stand for no text: `[CLS]`, `[SEP]`, `[PAD]` and their like.
  var specialIDs: Set<Int32> { get }

  /// The largest numbers that an encoding can have.
  ///
  /// - Complexity: O(pieces).
  var limits: EncodingLimits { get }

  /// The id that ends a text (T5's `</s>`), or `nil` if the model has none.
  ///
  /// Where it is wanted, ``encode(_:pair:maximumLength:)`` puts it; ``Encoding/closingCount`` says
  /// how many such tokens an encoding ends with, for whoever has to insert something before them.
  var endTokenID: Int32? { get }

  /// The id of whatever the vocabulary has no piece for (`[UNK]`), or `nil` if it has one for all.
  var unknownID: Int32? { get }

  /// Encodes a text, or a pair of texts, with the special tokens the model expects.
  ///
  /// If the tokens do not fit, the longer text is shortened first and then both evenly, always at
  /// the end. Special tokens are never left out, so a `maximumLength` below their number gives an
  /// encoding of special tokens only, longer than asked for.
  ///
  /// - Parameters:
  ///   - text: The first text, or the only one.
  ///   - pair: The second text.
  ///   - maximumLength: The most tokens to give, special tokens included.
  /// - Returns: The tokens that fit, and the number of those that did not.
  func encode(_ text: String, pair: String?, maximumLength: Int) -> Encoding

  /// The ids of a text without special tokens around it, however long.
  func ids(of text: String) -> [Int32]

  /// The piece that an id stands for.
  func piece(of id: Int32) -> String?

  /// The id of a piece, compared scalar by scalar.
  func id(of piece: String) -> Int32?

  /// The text that ids stand for, special tokens and unknown ids left out.
  ///
  /// Not always the text that was encoded: normalising and unknown pieces lose what they lose.
  ///
  /// - Complexity: O(n) in the length of the text.
  func decode(_ ids: [Int32]) -> String
}

extension Tokenizer {
  /// Ids without gaps, one segment for each text and at most two special tokens around each.
  public var limits: EncodingLimits {
    EncodingLimits(
      id: Int32(clamping: vocabularyCount - 1), segment: 0, pairSegment: 1, specialCount: 2,
      pairSpecialCount: 4)
  }

  /// No token ends a text.
  public var endTokenID: Int32? { nil }

  /// There is a piece for everything.
  public var unknownID: Int32? { nil }

  /// The pieces with a space between them, for tokenizers that know no better.
  public func decode(_ ids: [Int32]) -> String {
    let special = specialIDs
    return ids.filter { !special.contains($0) }.compactMap(piece).joined(separator: " ")
  }
}
