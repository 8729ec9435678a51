// SPDX-License-Identifier: Apache-2.0

/// What is known of a preset's published files, beside the usual names of their columns.
struct PublishedFile {
  /// The columns of a file without a header: CoLA's, and STS-B's own of before GLUE, some of whose
  /// rows say where their sentences come from.
  var columns: PublishedColumns?

  /// What the label's column is called beside its usual names.
  var labelNames: [String] = []

  /// Whether the usual readers leave out the rows on which annotators did not agree, whose label is
  /// `-` or -1: SNLI and MNLI.
  var leavesOutUnlabelled = false

  /// What is known of a preset's files; nothing of most.
  init(preset: String?) {
    switch preset {
    case "cola":
      columns = PublishedColumns(names: ["source", "label", "mark", "sentence"], widths: 4...4)
    case "stsb":
      columns = PublishedColumns(
        names: ["genre", "filename", "year", "index", "score", "sentence1", "sentence2"],
        widths: 7...9)
    case "mnli":
      labelNames = ["gold_label"]
      leavesOutUnlabelled = true
    case "qqp": labelNames = ["is_duplicate"]
    default: break
    }
  }
}

/// The columns of a file without a header, and how many a row may have.
struct PublishedColumns {
  let names: [String]
  let widths: ClosedRange<Int>
}

/// The rows of a file that may have been published without a header, below one.
struct PublishedRows: TableRows {
  private var source: any TableRows
  private let published: PublishedColumns?
  private let isHeader: ([String]) -> Bool
  private var isStarted = false
  private var isBare = false
  private var first: TableRow?

  var hasHeader: Bool { source.hasHeader }

  /// Puts a header above rows that have none.
  ///
  /// - Parameters:
  ///   - source: The rows.
  ///   - published: The columns without a header; nil where a file always has one.
  ///   - isHeader: Whether a first row names columns.
  init(
    _ source: any TableRows, _ published: PublishedColumns?,
    isHeader: @escaping ([String]) -> Bool
  ) {
    (self.source, self.published, self.isHeader) = (source, published, isHeader)
  }

  mutating func read(into row: inout TableRow) throws -> Bool {
    if let first {
      row = first
      self.first = nil
      return true
    }
    guard try source.read(into: &row) else { return false }
    if !isStarted {
      isStarted = true
      guard let published, source.hasHeader, published.widths.contains(row.columns.count),
        !isHeader(row.columns.indices.map(row.trimmedText))
      else { return true }
      isBare = true
      first = cut(row)
      row = TableRow(published.names, line: row.line)
    } else if isBare {
      row = cut(row)
    }
    return true
  }

  // What stands after the last named column belongs to none.
  private func cut(_ row: TableRow) -> TableRow {
    guard let published, published.widths.contains(row.columns.count) else { return row }
    var row = row
    row.columns.removeLast(max(0, row.columns.count - published.names.count))
    return row
  }
}
