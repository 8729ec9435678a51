// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterJSON

/// What looking at a data file prints.
struct DataReport {
  let file: String
  let summary: DatasetSummary
  let omissions: Omissions
  let tokens: LengthStatistics?
  /// The examples to show; nil for none at all.
  let rows: [Row]?
  /// What is odd about the file, in sentences.
  let warnings: [String]

  /// An example as it is shown.
  struct Row {
    let text: SourceText
    let answer: String?
  }

  /// The object that `--json` prints.
  var json: JSONValue {
    var report: JSONValue = [
      "file": .string(file),
      "examples": .integer(summary.examples),
      "unlabelled": .integer(summary.unlabelled),
      "pairs": .integer(summary.pairs),
      "labels": .array(
        summary.labels.map { ["label": .string($0.label), "count": .integer($0.count)] }),
      "characters": Self.json(of: summary.characters),
      "words": Self.json(of: summary.words),
    ]
    if let line = omissions.firstLine {
      report = report.adding(
        "passed_over",
        ["rows": .integer(omissions.rowCount), "first_line": .integer(line)])
    }
    report = report.adding("columns_not_read", JSONValue(omissions.columns))
    report = report.adding("warnings", JSONValue(warnings))
    if let tokens { report = report.adding("tokens", Self.json(of: tokens)) }
    if let rows { report = report.adding("rows", .array(rows.map(Self.json))) }
    return report
  }

  private static func json(of lengths: LengthStatistics) -> JSONValue {
    [
      "minimum": .integer(lengths.minimum), "median": .integer(lengths.median),
      "mean": .number(lengths.mean), "percentile_95": .integer(lengths.percentile95),
      "maximum": .integer(lengths.maximum),
    ]
  }

  private static func json(of row: Row) -> JSONValue {
    [
      "line": .integer(row.text.line), "text": .string(row.text.text),
      "pair": JSONValue(row.text.pair), "label": JSONValue(row.answer),
    ]
  }

  /// The tables that people read.
  var text: String {
    var parts: [String] = []
    if let rows, !rows.isEmpty { parts.append(table(of: rows).text) }
    parts.append(counts.text)
    parts.append(lengths.text)
    if !summary.labels.isEmpty { parts.append(labels.text) }
    return parts.joined(separator: "\n\n")
  }

  private var counts: Table {
    var rows = [("File", file), ("Examples", Text.count(summary.examples))]
    if summary.pairs > 0 { rows.append(("With two texts", Text.count(summary.pairs))) }
    if summary.unlabelled > 0 {
      rows.append(("Without a label", Text.count(summary.unlabelled)))
    }
    if let line = omissions.firstLine {
      rows.append(
        ("Lines passed over", "\(Text.count(omissions.rowCount)), the first is line \(line)"))
    }
    if !omissions.columns.isEmpty {
      let columns = omissions.columns.map { Text.clipped($0, to: 40) }.joined(separator: ", ")
      rows.append(("Columns not read", Text.clipped(columns, to: 200)))
    }
    return .pairs(rows)
  }

  private func table(of rows: [Row]) -> Table {
    let hasPairs = rows.contains { $0.text.pair != nil }
    let width = hasPairs ? 40 : 80
    var table = Table(
      [("Line", .right), ("Label", .left), ("Text", .left)] + (hasPairs ? [("Pair", .left)] : []))
    for row in rows {
      table.add([
        "\(row.text.line)", Text.clipped(row.answer ?? "", to: 20),
        Text.clipped(row.text.text, to: width), Text.clipped(row.text.pair ?? "", to: width),
      ])
    }
    return table
  }

  private var lengths: Table {
    var table = Table([
      ("Length", .left), ("Least", .right), ("Median", .right), ("Mean", .right), ("95 %", .right),
      ("Most", .right),
    ])
    let all = [("characters", summary.characters), ("words", summary.words)]
    for (name, lengths) in all + (tokens.map { [("tokens", $0)] } ?? []) {
      table.add([
        name, Text.count(lengths.minimum), Text.count(lengths.median),
        Text.fixed(lengths.mean, 1), Text.count(lengths.percentile95),
        Text.count(lengths.maximum),
      ])
    }
    return table
  }

  private var labels: Table {
    var table = Table([("Label", .left), ("Examples", .right), ("Share", .right)])
    let total = max(1, summary.labels.reduce(0) { $0 + $1.count })
    for label in summary.labels.prefix(40) {
      table.add([
        Text.clipped(label.label, to: 40), Text.count(label.count),
        Text.percent(Double(label.count) / Double(total)),
      ])
    }
    if summary.labels.count > 40 { table.add(["and \(summary.labels.count - 40) more"]) }
    return table
  }
}
