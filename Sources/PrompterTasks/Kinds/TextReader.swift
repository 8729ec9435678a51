// SPDX-License-Identifier: Apache-2.0

public import PrompterCore
public import PrompterTokenizer

/// A text as the backbone reads it.
public struct EncodedInput: Sendable {
  /// The tokens, special ones included.
  public let ids: [Int32]
  /// The segment of each token.
  public let segments: [Int32]
  /// The places, among the tokens, of those whose states a head reads; nil where it reads one
  /// pooled state.
  public let reads: [Int]?
  /// A number of the kind's own for each of these places, such as that of a word; nil where it gave
  /// none.
  public let marks: [Int32]?
  /// Whether this is one of several rows that an example's text is read in, because it is long.
  public let isWindow: Bool
  /// The Unicode scalars of its own text that the token at each of these places covers; none where
  /// one pooled state is read.
  public let readOffsets: [Range<Int32>]
  /// Whether the text was too long and was cut.
  public let isCut: Bool

  /// The number of special tokens around and between the texts.
  let specialCount: Int

  private let openingCount: Int
  private let closingCount: Int

  init(
    _ encoding: Encoding, reading reads: [Int]? = nil, marks: [Int32]? = nil,
    isWindow: Bool = false
  ) {
    (self.reads, self.marks, self.isWindow) = (reads, marks, isWindow)
    readOffsets = (reads ?? []).map { encoding.offsets[$0].compact }
    ids = encoding.ids
    segments = encoding.segments
    isCut = encoding.truncatedCount > 0
    specialCount = encoding.words.count { $0 == nil }
    openingCount = encoding.openingCount
    closingCount = encoding.closingCount
  }

  /// The batch row of this text under a prompt.
  public func row(under folded: FoldedPrompt, prompt: Int = 0) -> Row {
    Row(
      text: ids, segments: segments, virtualTokens: folded.inputLength,
      at: place(of: folded), prompt: prompt)
  }

  /// The slots of that row, counted from its first, whose states a head reads; nil for one pooled
  /// state.
  public func slots(under folded: FoldedPrompt) -> [Int32]? {
    let place = place(of: folded)
    return reads?.map { Int32($0 < place ? $0 : $0 + folded.inputLength) }
  }

  private func place(of folded: FoldedPrompt) -> Int {
    folded.placement.index(
      count: ids.count, openingCount: openingCount, closingCount: closingCount)
  }
}

extension Range<Int> {
  // Many tokens of many texts are kept.
  fileprivate var compact: Range<Int32> {
    Int32(clamping: lowerBound)..<Int32(clamping: upperBound)
  }
}

/// What a backbone can read beside a prompt.
public struct TextLimits: Sendable {
  /// The segments that it tells apart.
  let segments: Int?
  /// The tokens that it has positions for.
  let room: Int?

  /// The limits of a backbone, of whose positions a prompt takes some.
  public init(of backbone: any Backbone, occupiedPositions: Int) {
    segments = backbone.segmentLimit
    room = backbone.positionLimit.map { $0 - occupiedPositions }
  }

  /// Limits from their parts.
  init(segments: Int?, room: Int?) {
    (self.segments, self.room) = (segments, room)
  }

  func check(_ encoding: Encoding) throws(TextProblem) {
    guard !encoding.ids.isEmpty else { throw .noTokens }
    if let room, encoding.ids.count > room {
      throw .tooLong(tokens: encoding.ids.count, room: room)
    }
    if let segments, let segment = encoding.segments.first(where: { $0 >= segments }) {
      throw .segment(Int(segment), limit: segments)
    }
  }
}

/// Makes rows of texts, for one model and beside one prompt.
public struct TextReader: Sendable {
  /// The model's tokenizer.
  public let tokenizer: any Tokenizer
  /// The tokens that a text may have, special ones included; longer texts are cut.
  public let maximumLength: Int
  /// What becomes of longer texts where ``rows(_:_:)`` reads them.
  public var longTexts = LongTexts.cut
  /// What the model has room for.
  public let limits: TextLimits
  /// Remembers the text before, where several tasks are asked about one.
  public var memo: TextMemo?
  /// Whether the rows are to learn from, rather than to be answered; of few kinds they are others.
  public var isLearning = false

  /// A reader of texts.
  public init(tokenizer: any Tokenizer, maximumLength: Int, within limits: TextLimits) {
    self.tokenizer = tokenizer
    self.maximumLength = maximumLength
    self.limits = limits
  }

  /// The tokens of a text, or a pair, with the words that they come from and their places in it.
  ///
  /// - Throws: ``TextProblem`` if the backbone cannot read them.
  public func encoding(_ text: String, _ pair: String? = nil) throws(TextProblem) -> Encoding {
    func make() -> Encoding {
      tokenizer.encode(text, pair: pair, maximumLength: maximumLength)
    }
    let key = TextMemo.Key(text: text, pair: pair, maximumLength: maximumLength)
    let encoding = memo?.encoding(of: key, make) ?? make()
    try limits.check(encoding)
    return encoding
  }

  /// A text, or the second of two, in parts that overlap, none of which is cut.
  ///
  /// - Parameters:
  ///   - text: The first text, which is in each part, or the only one.
  ///   - pair: The second text.
  ///   - overlap: How many tokens neighbours share, if there is room for more than so many.
  /// - Returns: The parts in the order of the text, one at least.
  /// - Throws: ``TextProblem`` if the backbone cannot read them, or nothing of the text fits.
  public func windows(
    _ text: String, _ pair: String? = nil, overlap: Int
  ) throws(TextProblem) -> [Encoding] {
    guard
      let windows = tokenizer.windows(
        of: text, pair: pair, maximumLength: maximumLength, overlap: overlap)
    else { throw .noWindow(room: maximumLength) }
    for window in windows { try limits.check(window) }
    return windows
  }

  /// A row of which a head reads one pooled state.
  ///
  /// - Throws: ``TextProblem`` if the backbone cannot read it.
  public func input(_ text: String, _ pair: String? = nil) throws(TextProblem) -> EncodedInput {
    EncodedInput(try encoding(text, pair))
  }

  /// A row of which a head reads the states of some tokens.
  ///
  /// - Parameters:
  ///   - encoding: The tokens.
  ///   - reads: The places of those that are read, one at least, in the order in which a head gives
  ///     its values for them; a place may be there several times.
  ///   - marks: A number of the kind's own for each of them, which targets may go by.
  ///   - isWindow: Whether other rows have the rest of a long text.
  /// - Returns: The row.
  public func input(
    _ encoding: Encoding, reading reads: [Int], marks: [Int32]? = nil, isWindow: Bool = false
  ) -> EncodedInput {
    precondition(
      marks.map { $0.count == reads.count } ?? true, "A mark for each place that is read.")
    precondition(
      !reads.isEmpty && reads.allSatisfy(encoding.ids.indices.contains),
      "A head reads places of the row.")
    return EncodedInput(encoding, reading: reads, marks: marks, isWindow: isWindow)
  }
}
