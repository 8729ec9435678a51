// SPDX-License-Identifier: Apache-2.0

/// How pieces become text again.
enum PieceDecoder {
  /// As SentencePiece does it.
  case sentencePiece(dropsFirstSpace: Bool, dropsLeadingSpaces: Bool)
  /// The decoders of a `tokenizer.json`, one after the other; none leaves a space between pieces.
  case steps([Step])

  enum Step: Equatable {
    /// The sign becomes a space, and nothing in the first piece.
    case metaspace(Splitter.Metaspace)
    case replace([Unicode.Scalar], with: [Unicode.Scalar])
    /// Pieces of bytes in a row become text, or as many U+FFFD if they are ill-formed.
    case byteFallback
    /// Characters of bytes become text, ill-formed ones U+FFFD; other pieces stay as they are.
    case byteLevel
    /// All pieces become one.
    case fuse
    /// Drops a scalar that many times at most at the start and at the end of each piece.
    case strip(Unicode.Scalar, start: Int, end: Int)
  }

  /// The text of some pieces.
  func text(of pieces: [[UInt8]]) -> String {
    switch self {
    case .sentencePiece(let first, let leading): return Self.text(of: pieces, first, leading)
    case .steps(let steps):
      var parts = pieces.map { String(decoding: $0, as: UTF8.self) }
      for step in steps { parts = step.apply(to: parts) }
      return parts.joined(separator: steps.isEmpty ? " " : "")
    }
  }

  private static func text(
    of pieces: [[UInt8]], _ dropsFirstSpace: Bool, _ dropsLeadingSpaces: Bool
  ) -> String {
    let sign = Array("\u{2581}".utf8)
    var bytes: [UInt8] = []
    var run: [UInt8] = []
    var mayDrop = dropsFirstSpace || dropsLeadingSpaces
    for piece in pieces {
      if let byte = byte(of: piece) {
        run.append(byte)
        mayDrop = false
        continue
      }
      append(&run, to: &bytes)
      var rest = piece[...]
      if mayDrop, rest.starts(with: sign) {
        rest = rest.dropFirst(sign.count)
        mayDrop = dropsLeadingSpaces
      }
      if !rest.isEmpty { mayDrop = false }
      while let first = rest.first {
        let isSign = first == sign[0] && rest.starts(with: sign)
        bytes.append(isSign ? UInt8(ascii: " ") : first)
        rest = rest.dropFirst(isSign ? sign.count : 1)
      }
    }
    append(&run, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Moves bytes over; each byte that is no part of a character becomes U+FFFD.
  private static func append(_ run: inout [UInt8], to bytes: inout [UInt8]) {
    var rest = run[...]
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      let isWhole = String(validating: rest.prefix(length), as: UTF8.self) != nil
      bytes.append(contentsOf: isWhole ? Array(rest.prefix(length)) : [0xEF, 0xBF, 0xBD])
      rest = rest.dropFirst(isWhole ? length : 1)
    }
    run.removeAll()
  }

  /// The piece of a byte: `<0x41>` for "A".
  static func name(of byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], UInt8(ascii: ">")]
  }

  /// The byte that a piece like `<0x0A>` stands for.
  static func byte(of piece: some Collection<UInt8>) -> UInt8? {
    guard piece.count == 6, piece.starts(with: "<0x".utf8) else { return nil }
    let rest = piece.dropFirst(3)
    guard rest.dropFirst(2).first == UInt8(ascii: ">") else { return nil }
    return UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
  }
}

extension PieceDecoder.Step {
  /// How many times as long it may make a text.
  var growth: Int {
    guard case .replace(let old, let new) = self else { return 1 }
    return TextStep.replace(old, with: new).growth
  }

  fileprivate func apply(to parts: [String]) -> [String] {
    switch self {
    case .metaspace(let metaspace):
      parts.enumerated().map { index, part in
        let drops = index == 0 && metaspace.prefix != .never
        return Self.map(part) { $0 == metaspace.sign ? (drops ? [] : [" "]) : [$0] }
      }
    case .replace(let old, let new):
      parts.map { part in
        let text = TextStep.replace(old, with: new).apply(to: AlignedText(part))
        return Self.string(text.scalars)
      }
    case .byteFallback: Self.joinBytes(parts)
    case .byteLevel:
      [String(decoding: parts.flatMap { ByteCharacters.bytes(of: $0.utf8) }, as: UTF8.self)]
    case .fuse: [parts.joined()]
    case .strip(let scalar, let start, let end):
      parts.map { Self.strip($0, scalar, start, end) }
    }
  }

  private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func map(_ part: String, _ body: (Unicode.Scalar) -> [Unicode.Scalar]) -> String {
    string(part.unicodeScalars.flatMap(body))
  }

  private static func joinBytes(_ parts: [String]) -> [String] {
    var result: [String] = []
    var bytes: [UInt8] = []
    func flush() {
      guard !bytes.isEmpty else { return }
      result.append(
        String(validating: bytes, as: UTF8.self)
          ?? String(repeating: "\u{FFFD}", count: bytes.count))
      bytes = []
    }
    for part in parts {
      if let byte = PieceDecoder.byte(of: part.utf8) {
        bytes.append(byte)
      } else {
        flush()
        result.append(part)
      }
    }
    flush()
    return result
  }

  private static func strip(
    _ part: String, _ scalar: Unicode.Scalar, _ start: Int, _ end: Int
  ) -> String {
    let scalars = Array(part.unicodeScalars)
    let first = scalars.prefix(start).prefix { $0 == scalar }.count
    let last = scalars.dropFirst(first).suffix(end).reversed().prefix { $0 == scalar }.count
    return string(scalars[first..<scalars.count - last])
  }
}
