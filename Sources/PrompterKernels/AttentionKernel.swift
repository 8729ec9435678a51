// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// Multi-head attention over ragged rows, each with its own prompt before it.
///
/// Vaswani and others 2017, section 3.2. For every head and every query of batch row r:
/// o = Σⱼ softmax(scale q · kⱼ + bias) vⱼ, j over the prompt's and the row's own keys, where
/// attention is causal only over those up to the query's own place, and under a window only over
/// those near it; a prompt's keys are seen by every query. The bias depends on the head and on the
/// distance from query to key alone (Raffel and others 2020, section 2.1); with ``PositionVectors``
/// scores have terms between content and distance as well.
public struct AttentionKernel: Sendable {
  /// The number of heads.
  public let heads: Int
  /// The number of values in a head.
  public let size: Int
  /// What scores are multiplied by, 1/√size as a rule.
  public let scale: Float
  /// Row r owns queries queryOffsets[r] ..< queryOffsets[r + 1].
  public let queryOffsets: [Int32]
  /// The keys and values that each row sees.
  public let keys: KeyRanges
  /// Which of its row's keys, prompt aside, each query stands at, where that matters.
  public let queryPlaces: [Int32]?
  /// Whether a query sees no key beyond its own place.
  public let isCausal: Bool
  /// How many places before or after its own a query sees its row's keys; nil for all of them
  /// (Beltagy and others 2020, section 3.1).
  public let window: Int?
  /// Whether a row's only query may have other bits than it would have among several: faster, and
  /// harmless where how many queries a row has is the row's own affair.
  public let reordersLoneQueries: Bool
  /// How many queries in turn are the heads of one, where all of them hear the same keys and
  /// ``heads`` is 1; they are dropped out as those heads.
  public let queryHeads: Int
  /// Dropout of probabilities and the key of each batch row, if any.
  public let dropout: (dropout: Dropout, rowKeys: [UInt32])?

  /// Attention for batch rows given by their offsets.
  public init(
    heads: Int, size: Int, scale: Float, queryOffsets: [Int32], keyOffsets: [Int32],
    dropout: (dropout: Dropout, rowKeys: [UInt32])? = nil
  ) {
    self.init(
      heads: heads, size: size, scale: scale, queryOffsets: queryOffsets,
      keys: KeyRanges(offsets: keyOffsets), dropout: dropout)
  }

  /// Attention for batch rows whose keys are given by ranges, and whose queries may have places.
  ///
  /// - Parameters:
  ///   - heads: The number of heads.
  ///   - size: The number of values in a head.
  ///   - scale: What scores are multiplied by.
  ///   - queryOffsets: Row r owns queries queryOffsets[r] ..< queryOffsets[r + 1].
  ///   - keys: The keys and values that each row sees.
  ///   - queryPlaces: Each query's place among its row's keys; needed if attention is causal, has a
  ///     bias or a window, or meets positions.
  ///   - isCausal: Whether a query sees no key beyond its own place.
  ///   - window: How many places before or after its own a query sees keys, at least 1; nil for
  ///     all. Under a window a row's queries must stand in the order of their places, and there may
  ///     be no bias.
  ///   - reordersLoneQueries: Whether a row's only query may have other bits than among several.
  ///   - queryHeads: How many queries in turn are the heads of one.
  ///   - dropout: Dropout of probabilities and the key of each batch row, if any.
  public init(
    heads: Int, size: Int, scale: Float, queryOffsets: [Int32], keys: KeyRanges,
    queryPlaces: [Int32]? = nil, isCausal: Bool = false, window: Int? = nil,
    reordersLoneQueries: Bool = false, queryHeads: Int = 1,
    dropout: (dropout: Dropout, rowKeys: [UInt32])? = nil
  ) {
    precondition(queryOffsets.count == keys.begin.count + 1, "Queries and keys must pair up.")
    precondition(
      queryOffsets[0] == 0 && zip(queryOffsets, queryOffsets.dropFirst()).allSatisfy { $0 < $1 },
      "Every row needs at least one query.")
    precondition(
      dropout.map { $0.rowKeys.count == keys.begin.count } ?? true, "A key for every row.")
    precondition(
      queryPlaces != nil || (!isCausal && window == nil),
      "Causal attention and windows need places.")
    precondition(window.map { $0 > 0 } ?? true, "A window has a place on either side.")
    self.heads = heads
    self.size = size
    self.scale = scale
    self.queryOffsets = queryOffsets
    self.keys = keys
    self.queryPlaces = queryPlaces
    self.isCausal = isCausal
    self.window = window
    self.reordersLoneQueries = reordersLoneQueries
    self.queryHeads = queryHeads
    self.dropout = dropout
    checkPlaces()
  }

  private func checkPlaces() {
    guard let queryPlaces else { return }
    precondition(queryPlaces.count == queryCount, "A place for every query.")
    for row in 0..<rows {
      let limit = keys.end[row] - keys.begin[row]
      let places = queryPlaces[Int(queryOffsets[row])..<Int(queryOffsets[row + 1])]
      precondition(
        places.allSatisfy { $0 >= 0 && $0 < limit },
        "A query's place lies outside its row's keys.")
      precondition(
        window == nil || zip(places, places.dropFirst()).allSatisfy { $0 <= $1 },
        "Under a window queries stand in the order of their places.")
    }
  }

  /// The number of batch rows.
  public var rows: Int { keys.begin.count }
  /// The number of queries of all rows.
  public var queryCount: Int { Int(queryOffsets[rows]) }
  /// The number of keys in the matrix, without prompts.
  public var keyCount: Int { keys.count }
  /// The values in all heads of one token.
  public var width: Int { heads * size }

  /// Computes the output [queries, width].
  ///
  /// `logSums` gets the logarithms of the softmax denominators [queries, heads], if given.
  ///
  /// - Complexity: 4 width Σᵣ queriesᵣ (promptᵣ + keysᵣ) FLOPs; under a window of w places a long
  ///   row's keys count as at most 2 w + 96.
  public func forward(
    queries: ColumnBlock, keys: ColumnBlock, values: ColumnBlock, prefix: AttentionPrefix?,
    bias: PositionBias? = nil, positions: PositionVectors? = nil, into output: Buffer,
    logSums: Buffer?
  ) {
    Kernels.expect(output, count: queryCount * width, "attention")
    Kernels.expect(logSums, count: queryCount * heads, "attention")
    unsafe withDescription(
      queries, keys, values, prefix, bias, positions
    ) { description, scratch in
      unsafe prompter_attention_forward(
        &description, output.base, width, logSums?.base, scratch.base)
    }
  }

  /// Where the pullback writes: all three blocks, the prompts', the bias, or several.
  public struct Gradients {
    /// The gradients of queries, keys and values, written whole; where rows share keys, or keys are
    /// values too, those of keys and values are added to.
    public var text: (queries: ColumnBlock, keys: ColumnBlock, values: ColumnBlock)?
    /// The gradients of the prompts' keys and values, added to: of each block, if wanted; empty if
    /// none is.
    public var prefix: [AttentionPrefix.Block?]
    /// The gradient of the bias's lines, added to.
    public var bias: Buffer?
    /// The gradient of the matrix of positions, added to.
    public var positions: Buffer?

    /// The gradients that are wanted.
    public init(
      text: (queries: ColumnBlock, keys: ColumnBlock, values: ColumnBlock)?,
      prefix: [AttentionPrefix.Block?], bias: Buffer? = nil, positions: Buffer? = nil
    ) {
      self.text = text
      self.prefix = prefix
      self.bias = bias
      self.positions = positions
    }
  }

  /// The pullback for the output's gradient `dy`; probabilities are computed again from `logSums`.
  ///
  /// - Complexity: 10 width Σᵣ queriesᵣ (promptᵣ + keysᵣ) FLOPs.
  public func pullback(
    _ dy: Buffer, queries: ColumnBlock, keys: ColumnBlock, values: ColumnBlock,
    prefix: AttentionPrefix?, bias: PositionBias? = nil, positions: PositionVectors? = nil,
    output: Buffer, logSums: Buffer, into gradients: Gradients
  ) {
    Kernels.expect(dy, count: queryCount * width, "attention")
    Kernels.expect(output, count: queryCount * width, "attention")
    Kernels.expect(logSums, count: queryCount * heads, "attention")
    unsafe withTargets(gradients.prefix, prefix, gradients.bias, bias) { targets in
      unsafe add(gradients.text, to: &targets)
      unsafe positions?.add(gradients.positions, to: &targets)
      unsafe withDescription(
        queries, keys, values, prefix, bias, positions
      ) { description, scratch in
        unsafe prompter_attention_backward(
          &description, &targets, output.base, dy.base, width, logSums.base, scratch.base)
      }
    }
  }

  private func add(
    _ text: (queries: ColumnBlock, keys: ColumnBlock, values: ColumnBlock)?,
    to targets: inout prompter_attention_gradients
  ) {
    if let text {
      precondition(!text.keys.isHeadMajor, "No gradients for keys head after head.")
      text.queries.check(rows: queryCount, width: width, "attention")
      text.keys.check(rows: keyCount, width: width, "attention")
      text.values.check(rows: keyCount, width: width, "attention")
      precondition(text.keys.columns == text.values.columns, "Keys and values share a stride.")
      unsafe targets.queries = text.queries.start
      unsafe targets.keys = text.keys.start
      unsafe targets.values = text.values.start
      unsafe targets.query_stride = text.queries.columns
      unsafe targets.key_stride = text.keys.columns
      let isOne = unsafe text.keys.start == text.values.start
      unsafe targets.adds_keys = keys.areShared || isOne ? 1 : 0
    }
  }

  // Those of the prompts and the bias.
  func withTargets(
    _ blocks: [AttentionPrefix.Block?], _ prefix: AttentionPrefix?, _ lines: Buffer?,
    _ bias: PositionBias?, _ body: (inout prompter_attention_gradients) -> Void
  ) {
    unsafe AttentionPrefix.withGradients(blocks, of: prefix, width: width) { prefixes in
      var targets = unsafe prompter_attention_gradients()
      unsafe targets.prefixes = prefixes
      if let lines, let bias {
        Kernels.expect(lines, count: bias.lines.count, "attention")
        unsafe targets.bias = lines.base
      }
      unsafe body(&targets)
    }
  }

  private func withDescription(
    _ queries: ColumnBlock, _ keys: ColumnBlock, _ values: ColumnBlock,
    _ prefix: AttentionPrefix?, _ bias: PositionBias?, _ positions: PositionVectors?,
    _ body: (inout prompter_attention, Buffer) -> Void
  ) {
    queries.check(rows: queryCount, width: width, "attention")
    keys.check(rows: keyCount, width: width, "attention")
    values.check(rows: keyCount, width: width, "attention")
    precondition(
      keys.columns == values.columns && keys.headStride == values.headStride,
      "Keys and values share their strides.")
    let longest = longestRow(prefix)
    positions?.check(self, longest: longestRow(nil))
    let scratch = Buffer(
      count: prompter_attention_scratch(longest, size)
        + PositionVectors.scratchCount(of: positions, size: size))
    unsafe PositionVectors.withDescription(of: positions) { positions in
      unsafe withDescription(prefix, bias, longest: longest) { description in
        unsafe description.queries = UnsafePointer(queries.start)
        unsafe description.keys = UnsafePointer(keys.start)
        unsafe description.values = UnsafePointer(values.start)
        unsafe description.query_stride = queries.columns
        unsafe description.key_stride = keys.columns
        unsafe description.key_head_stride = keys.headStride ?? size
        unsafe description.positions = positions
        unsafe body(&description, scratch)
      }
    }
  }

  // Without queries, keys and values; `longest` is the longest row's.
  func withDescription(
    _ prefix: AttentionPrefix?, _ bias: PositionBias?, longest: Int,
    _ body: (inout prompter_attention) -> Void
  ) {
    check(bias, longest: longest)
    unsafe AttentionPrefix.withRows(of: prefix) { prefixes in
      unsafe withDescription(prefixes, bias, body)
    }
  }

  private func withDescription(
    _ prefixes: UnsafePointer<prompter_prefix>?, _ bias: PositionBias?,
    _ body: (inout prompter_attention) -> Void
  ) {
    let rowKeys = dropout?.rowKeys ?? []
    // All lists of numbers behind one pointer, one after the other.
    let lists = [queryOffsets, self.keys.begin, self.keys.end, queryPlaces ?? []]
    let starts = lists.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    unsafe lists.flatMap(\.self).withUnsafeBufferPointer { numbers in
      unsafe rowKeys.withUnsafeBufferPointer { rowKeys in
        guard let first = numbers.baseAddress else { return }
        var description = unsafe prompter_attention()
        unsafe description.rows = rows
        unsafe description.heads = heads
        unsafe description.size = size
        unsafe description.scale = scale
        unsafe description.query_offsets = first
        unsafe description.key_begin = first + starts[1]
        unsafe description.key_end = first + starts[2]
        unsafe description.query_heads = queryHeads
        unsafe description.query_places = queryPlaces == nil ? nil : first + starts[3]
        unsafe description.is_causal = isCausal ? 1 : 0
        unsafe description.window = window ?? 0
        unsafe description.reorders_lone_queries = reordersLoneQueries ? 1 : 0
        unsafe description.bias = UnsafePointer(bias?.lines.base)
        unsafe description.bias_stride = bias?.distances ?? 0
        unsafe description.bias_center = bias?.reach ?? 0
        unsafe description.prefixes = prefixes
        unsafe description.dropout_key = dropout?.dropout.key ?? 0
        unsafe description.dropout_threshold = dropout?.dropout.threshold ?? 0
        unsafe description.dropout_scale = dropout?.dropout.scale ?? 1
        unsafe description.row_keys = rowKeys.baseAddress
        unsafe body(&description)
      }
    }
  }

  private func check(_ bias: PositionBias?, longest: Int) {
    guard let bias else { return }
    precondition(queryPlaces != nil, "A bias by distance needs places.")
    precondition(window == nil, "A bias by distance goes with no window.")
    Kernels.expect(bias.lines, count: heads * bias.distances, "attention")
    precondition(longest <= bias.reach + 1, "A bias does not reach over the longest row.")
  }

  // The most keys that a row sees, prompt included; checks the prompts on the way.
  func longestRow(_ prefix: AttentionPrefix?) -> Int {
    prefix?.check(rows: rows, width: width)
    return (0..<rows).reduce(0) { longest, row in
      max(longest, (prefix?.count(ofRow: row) ?? 0) + Int(keys.end[row] - keys.begin[row]))
    }
  }
}
