// SPDX-License-Identifier: Apache-2.0

internal import CPrompterKernels

/// The tables that the vectors of a batch come from, all of the same width.
public struct EmbeddingTables: Sendable {
  /// [vocabulary, width].
  public let tokens: Buffer
  /// [virtual tokens, width], if there are any.
  public let virtualTokens: Buffer?
  /// [positions, width].
  public let positions: Buffer
  /// [segments, width].
  public let segments: Buffer
  /// The number of columns of each table.
  public let width: Int

  /// Tables of `width` columns.
  public init(
    tokens: Buffer, virtualTokens: Buffer?, positions: Buffer, segments: Buffer, width: Int
  ) {
    self.tokens = tokens
    self.virtualTokens = virtualTokens
    self.positions = positions
    self.segments = segments
    self.width = width
  }
}

extension Kernels {
  /// x[s] = token + position + segment of slot s; a negative token −1 − i is virtual token i.
  public static func embed(
    tokens: [Int32], positions: [Int32], segments: [Int32], tables: EmbeddingTables, into x: Buffer
  ) {
    let width = tables.width
    expect(x, count: tokens.count * width, "embed")
    expect(tokens.map { max($0, 0) }, below: tables.tokens.count / width, "embed: tokens")
    let virtualCount = Int32((tables.virtualTokens?.count ?? 0) / width)
    precondition(tokens.allSatisfy { -1 - $0 < virtualCount }, "embed: no such virtual token.")
    expect(positions, below: tables.positions.count / width, "embed: positions")
    expect(segments, below: tables.segments.count / width, "embed: segments")
    precondition(
      positions.count == tokens.count && segments.count == tokens.count, "embed: lists differ.")
    unsafe prompter_embed(
      x.base, tables.tokens.base, tables.virtualTokens?.base, tables.positions.base,
      tables.segments.base, tokens, positions, segments, tokens.count, width)
  }

  /// x[s] = row tokens[s] of `words`; a negative token −1 − i is row i of `virtualTokens`.
  public static func embed(
    tokens: [Int32], words: Buffer, virtualTokens: Buffer?, width: Int, into x: Buffer
  ) {
    expect(x, count: tokens.count * width, "embed")
    let count = Int32(rows(of: words, columns: width, "embed"))
    let virtualCount = Int32((virtualTokens?.count ?? 0) / width)
    precondition(
      tokens.allSatisfy { $0 < count && -1 - $0 < virtualCount }, "embed: no such token.")
    unsafe prompter_embed_words(
      x.base, words.base, virtualTokens?.base, tokens, tokens.count, width)
  }

  /// y[indices[r]] += x[r] for the rows whose index is not negative.
  public static func scatterAddRows(
    _ x: Buffer, to indices: [Int32], of y: Buffer, columns: Int
  ) {
    expect(
      indices.map { max($0, 0) }, below: max(1, rows(of: y, columns: columns, "scatterAddRows")),
      "scatterAddRows")
    expect(x, count: indices.count * columns, "scatterAddRows")
    unsafe prompter_scatter_add_rows(y.base, x.base, indices, indices.count, columns)
  }
}
