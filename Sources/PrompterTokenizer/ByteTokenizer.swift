// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// ByT5's tokenizer: the UTF-8 bytes of a text, three added to each.
///
/// `<pad>`, `</s>` and `<unk>` have the ids 0, 1 and 2, sentinels `<extra_id_N>` those from 259.
/// There is no vocabulary file: a folder says `"tokenizer_class": "ByT5Tokenizer"` in its
/// `tokenizer_config.json`. Every text gets its own `</s>` at the end, even one that ends in a
/// written `</s>`; the reference then leaves it out, and says that it will not do so for ever.
public struct ByteTokenizer: Tokenizer {
  /// The name that transformers has for it.
  static let className = "ByT5Tokenizer"
  /// The number of ids before that of the byte 0.
  static let offset: Int32 = 3

  let addedTokens: [Int32: AddedToken]
  private let matcher: AddedTokenMatcher
  private let template = SequenceTemplate.t5(end: 1)

  /// The ids that stand for no text.
  public let specialIDs: Set<Int32>

  /// The number of different pieces, sentinels and other added tokens included.
  public let vocabularyCount: Int

  /// `</s>`.
  public var endTokenID: Int32? { 1 }

  /// A tokenizer with some sentinels.
  ///
  /// - Parameter sentinelCount: How many; published models have 125.
  public init(sentinelCount: Int = 125) {
    let sentinels = (0..<Int32(clamping: max(0, sentinelCount))).map {
      AddedToken(content: "<extra_id_\($0)>", id: 259 &+ $0, isSpecial: true)
    }
    self.init(added: Self.usualTokens + sentinels)
  }

  /// Reads the tokenizer of a model's folder: nothing but `tokenizer_config.json`.
  ///
  /// - Parameter folder: The folder, as Hugging Face lays it out.
  /// - Throws: A ``TokenizerError`` if the file is missing, ill-formed or asks for another class.
  public init(contentsOf folder: URL) throws {
    let folder = TokenizerFolder(folder)
    guard try folder.file("tokenizer_config.json") != nil else {
      throw TokenizerError.missing(folder: folder.path)
    }
    try self.init(folder.settings())
  }

  /// A tokenizer as the settings have it: with the tokens they number, or else their sentinels.
  init(_ settings: TokenizerSettings) throws {
    guard try settings.tokenizerClass()?.kind == .byT5 else {
      throw TokenizerError.unsupported(
        file: settings.file, part: "tokenizer_class", found: settings.className ?? "left out",
        expected: Self.className)
    }
    guard let tokens = try settings.numberedTokens() else {
      self.init(sentinelCount: try settings.sentinelCount(usual: 125))
      return
    }
    let numbered = Set(tokens.map(\.id))
    self.init(added: Self.usualTokens.filter { !numbered.contains($0.id) } + tokens)
  }

  private init(added: [AddedToken]) {
    var matcher = AddedTokenMatcher()
    for token in added { matcher.insert(Array(token.content.unicodeScalars), token) }
    self.matcher = matcher
    addedTokens = Dictionary(added.map { ($0.id, $0) }) { $1 }
    specialIDs = Set(added.filter { $0.isSpecial || $0.id < Self.offset }.map(\.id))
    let bytes = Self.offset..<Self.offset + 256
    vocabularyCount = 256 + addedTokens.keys.count { !bytes.contains($0) }
  }

  private static let usualTokens = ["<pad>", "</s>", "<unk>"].enumerated().map { id, content in
    AddedToken(
      content: content, id: Int32(id), stripsLeft: true, stripsRight: true, isSpecial: true)
  }

  /// The largest numbers that an encoding can have.
  public var limits: EncodingLimits {
    template.limits(largestID: addedTokens.keys.reduce(Self.offset + 255, max))
  }

  /// The piece that an id stands for; that of a byte is the scalar with its number.
  public func piece(of id: Int32) -> String? {
    if let token = addedTokens[id] { return token.content }
    guard Self.offset..<Self.offset + 256 ~= id else { return nil }
    return String(Character(Unicode.Scalar(UInt8(id - Self.offset))))
  }

  /// The id of a piece, compared scalar by scalar.
  public func id(of piece: String) -> Int32? {
    if let token = addedTokens.values.first(where: { $0.content.utf8.elementsEqual(piece.utf8) }) {
      return token.id
    }
    let scalars = piece.unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1, scalar.value < 256 else { return nil }
    return Int32(scalar.value) + Self.offset
  }

  /// The ids of a text without `</s>`, however long.
  public func ids(of text: String) -> [Int32] {
    tokens(of: text).map(\.id)
  }

  /// The text whose bytes the ids stand for.
  ///
  /// Special tokens and bytes that are no part of a character are left out.
  public func decode(_ ids: [Int32]) -> String {
    var bytes: [UInt8] = []
    for id in ids where !specialIDs.contains(id) {
      if let token = addedTokens[id] {
        bytes.append(contentsOf: token.content.utf8)
      } else if let byte = UInt8(exactly: Int(id) - Int(Self.offset)) {
        bytes.append(byte)
      }
    }
    var scalars = String.UnicodeScalarView()
    var decoder = UTF8()
    var rest = bytes.makeIterator()
    while true {
      switch decoder.decode(&rest) {
      case .scalarValue(let scalar): scalars.append(scalar)
      case .error: continue
      case .emptyInput: return String(scalars)
      }
    }
  }

  /// Encodes a text, or a pair of texts, with `</s>` after each.
  ///
  /// - Complexity: O(n) in the length of the texts.
  public func encode(_ text: String, pair: String?, maximumLength: Int) -> Encoding {
    template.encoding(
      tokens(of: text), pair: pair.map { tokens(of: $0) }, maximumLength: maximumLength)
  }

  /// One token for each byte; white space starts a new word.
  private func tokens(of text: String) -> [Token] {
    let original = AlignedText(text)
    var tokens: [Token] = []
    tokens.reserveCapacity(text.utf8.count + 1)
    var word: Int32 = 0
    for part in matcher.parts(of: original) {
      let (first, last) = (part.range.lowerBound, part.range.upperBound)
      if let id = part.id {
        let (start, end) = (original.starts[first], original.ends[last - 1])
        tokens.append(Token(id: id, word: word, start: start, end: end))
        word += 1
        continue
      }
      for index in part.range {
        if index > first, original.isSpace(index) { word += 1 }
        for byte in UTF8.encode(original.scalars[index]) ?? UTF8.encodedReplacementCharacter {
          tokens.append(
            Token(
              id: Int32(byte) + Self.offset, word: word, start: original.starts[index],
              end: original.ends[index]))
        }
      }
      word += 1
    }
    return tokens
  }
}
