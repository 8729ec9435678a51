// SPDX-License-Identifier: Apache-2.0

/// The contents of `spiece.model`, the format of SentencePiece: a protocol buffer of pieces, of how
/// they were trained, and of how texts are normalised.
struct SentencePieceFile {
  /// What a piece is for.
  enum Kind: UInt64 {
    case normal = 1
    /// Stands for what no piece covers.
    case unknown
    /// Never found in a text: `<pad>`, `</s>`.
    case control
    /// Always found in a text, and never normalised.
    case userDefined
    case unused
    /// One byte of a character that no piece covers.
    case byte
  }

  struct Piece {
    /// Where in the file its text is.
    var range = 0..<0
    var score: Float = 0
    var kind = Kind.normal
  }

  let name: String
  private(set) var pieces: [Piece] = []
  private(set) var hasByteFallback = false
  private(set) var modelType: UInt64 = 1
  private(set) var endID = 2
  private(set) var treatsSpaceAsSuffix = false
  private(set) var normalizer: SentencePieceNormalizer
  private let bytes: [UInt8]
  /// Whether the two parts that every writer puts last have been seen.
  private var hasTrainer = false
  private var hasNormalizer = false

  init(_ bytes: [UInt8], name: String) throws {
    self.bytes = bytes
    self.name = name
    normalizer = SentencePieceNormalizer(map: try CharacterMap([], file: name))
    var reader = ProtobufReader(bytes, 0..<bytes.count, file: name)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let range)): pieces.append(try piece(range))
      case (2, .bytes(let range)): try readTrainer(range)
      case (3, .bytes(let range)): try readNormalizer(range)
      default: break
      }
    }
    try check()
  }

  private func piece(_ range: Range<Int>) throws -> Piece {
    var piece = Piece()
    var reader = ProtobufReader(bytes, range, file: name)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let range)): piece.range = range
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .varint(let kind)):
        guard let kind = Kind(rawValue: kind) else {
          throw wrong(pieces.count, "the type \(kind)", "a type from 1 to 6")
        }
        piece.kind = kind
      default: break
      }
    }
    return piece
  }

  private mutating func readTrainer(_ range: Range<Int>) throws {
    hasTrainer = true
    var reader = ProtobufReader(bytes, range, file: name)
    while let (field, value) = try reader.next() {
      guard case .varint(let number) = value else { continue }
      switch field {
      case 3: modelType = number
      case 24: treatsSpaceAsSuffix = number != 0
      case 35: hasByteFallback = number != 0
      case 42: endID = Int(Int32(truncatingIfNeeded: number))
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ range: Range<Int>) throws {
    hasNormalizer = true
    var reader = ProtobufReader(bytes, range, file: name)
    while let (field, value) = try reader.next() {
      switch (field, value) {
      case (2, .bytes(let range)): normalizer.map = try CharacterMap(bytes[range], file: name)
      case (3, .varint(let flag)): normalizer.addsDummyPrefix = flag != 0
      case (4, .varint(let flag)): normalizer.removesExtraSpaces = flag != 0
      case (5, .varint(let flag)): normalizer.escapesSpaces = flag != 0
      default: break
      }
    }
  }

  /// Refuses what was cut off and what needs another algorithm.
  private func check() throws {
    let place = "\(bytes.count) bytes"
    guard hasTrainer, hasNormalizer else {
      throw TokenizerError.malformed(
        file: name, place: place, found: "\(pieces.count) pieces and nothing on how they are used",
        expected: "a whole SentencePiece model")
    }
    guard modelType == 1 else {
      let types: [UInt64: String] = [2: "BPE", 3: "WORD", 4: "CHAR"]
      throw TokenizerError.unsupported(
        file: name, part: "model", found: types[modelType] ?? "of type \(modelType)",
        expected: "UNIGRAM")
    }
    guard !treatsSpaceAsSuffix else {
      throw TokenizerError.unsupported(
        file: name, part: "space", found: "the end of a word", expected: "its start")
    }
  }

  /// The text of a piece.
  func text(of index: Int) -> String {
    String(decoding: bytes[pieces[index].range], as: UTF8.self)
  }

  /// The bytes of a piece.
  func bytes(of index: Int) -> ArraySlice<UInt8> { bytes[pieces[index].range] }

  /// An error in a piece.
  func wrong(_ index: Int, _ found: String, _ expected: String) -> TokenizerError {
    .malformed(file: name, place: "piece \(index)", found: found, expected: expected)
  }
}

extension SentencePieceFile {
  /// The model that the pieces make.
  func model() throws -> UnigramModel {
    let worst = worstScore
    var model = UnigramModel(minimumCapacity: pieces.count, arithmetic: .sentencePiece)
    var unknown: Int?
    for (index, piece) in pieces.enumerated() {
      try check(piece, index)
      if piece.kind == .unknown {
        guard unknown == nil else { throw wrong(index, "a second unknown piece", "one") }
        unknown = index
      }
      let score: Double =
        switch piece.kind {
        case .normal: Double(piece.score)
        // More than any pieces it could be split into, as SentencePiece 0.2.3 has it.
        case .userDefined: Double(Float(piece.range.count - 1) * 0.1)
        default: .nan
        }
      guard let before = model.append(bytes[piece.range], score: score) else {
        throw wrong(index, "more than \(PieceTrie.mostNodes) different beginnings", "fewer")
      }
      guard before < 0 else { throw wrong(index, "the same as piece \(before)", "another") }
    }
    guard let unknown else {
      throw TokenizerError.unknownToken(file: name, token: "<unk>", role: "unknown piece")
    }
    model.unknownID = Int32(clamping: unknown)
    model.unknownScore = Double(worst - 10)
    if hasByteFallback { model.byteIDs = try byteIDs(model) }
    return model
  }

  /// The least score of the pieces that texts are made of.
  private var worstScore: Float {
    pieces.reduce(Float.greatestFiniteMagnitude) { worst, piece in
      piece.kind == .normal ? min(worst, piece.score) : worst
    }
  }

  func check(_ piece: Piece, _ index: Int) throws {
    guard !piece.range.isEmpty else { throw wrong(index, "no text", "some") }
    guard piece.range.count <= UnigramModel.longestPiece else {
      throw wrong(index, "\(piece.range.count) bytes", "at most \(UnigramModel.longestPiece)")
    }
    guard piece.score.isFinite else { throw wrong(index, "the score \(piece.score)", "a number") }
    guard String(validating: bytes[piece.range], as: UTF8.self) != nil else {
      throw wrong(index, "ill-formed bytes", "UTF-8")
    }
  }

  private func byteIDs(_ model: UnigramModel) throws -> [Int32] {
    try (0...255).map { byte in
      let id = model.byteID(UInt8(byte))
      guard id >= 0, pieces[Int(id)].kind == .byte else {
        throw TokenizerError.malformed(
          file: name, place: "byte fallback", found: "no piece for the byte \(byte)",
          expected: "a piece for each")
      }
      return id
    }
  }

  /// The user-defined symbols, or `nil` if there are none.
  func symbols() -> PieceTrie? {
    var symbols: PieceTrie?
    for (index, piece) in pieces.enumerated() where piece.kind == .userDefined {
      if symbols == nil { symbols = PieceTrie(minimumCapacity: 64) }
      _ = symbols?.insert(bytes[piece.range], id: Int32(clamping: index), score: 0)
    }
    return symbols
  }
}
