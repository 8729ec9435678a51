// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterJSON

/// How answers are written.
enum AnswerFormat: String, CaseIterable {
  /// A JSON object a line.
  case jsonl
  /// A header and rows of RFC 4180.
  case csv
  /// A label a line, or the text that was written.
  case label
}

/// Makes a line of each answer.
struct AnswerWriter {
  let format: AnswerFormat
  /// How many labels are told of each answer; nil for all, or in a table for the first.
  let top: Int?
  /// The prompts that answer.
  let prompts: [LoadedPrompt]

  /// The names of a table's columns; nil for a format without.
  var header: String? {
    guard format == .csv else { return nil }
    var names = ["id", "line", "task"]
    if hasTexts { names.append("text") }
    names += ["label", "probability"]
    if hasPlaces { names += ["start", "end"] }
    for rank in ranks { names += ["label_\(rank)", "probability_\(rank)"] }
    return Self.row(names + ["error"])
  }

  /// The line of an answer, or of why there is none.
  func line(for outcome: QueryOutcome) -> String {
    switch format {
    case .jsonl: json(outcome).line
    case .csv: outcome.results.map { row(outcome, $0) }.joined(separator: "\n")
    case .label:
      outcome.results.map {
        (try? $0.answer.get())?.answer.escapingControls() ?? ""
      }.joined(separator: "\t")
    }
  }

  private func json(_ outcome: QueryOutcome) -> JSONValue {
    if outcome.isList {
      return [
        "id": outcome.id, "answers": .array(outcome.results.map { Self.member(of: $0, top: top) }),
      ]
    }
    switch outcome.results.first?.answer {
    case .success(let prediction): return prediction.json(id: outcome.id, top: top)
    case .failure(let failure):
      return [
        "id": outcome.id, "line": .integer(outcome.line), "error": .string(failure.description),
      ]
    case nil: return .null
    }
  }

  // One of several answers in a line.
  private static func member(of result: QueryResult, top: Int?) -> JSONValue {
    switch result.answer {
    case .success(let prediction): prediction.json(top: top)
    case .failure(let failure):
      ["task": JSONValue(result.task), "error": .string(failure.description)]
    }
  }

  private var hasTexts: Bool { prompts.contains { $0.prompt.card.task.isWritten } }

  private var hasPlaces: Bool { prompts.contains { $0.prompt.card.task.spans != nil } }

  // The ranks after the first that have columns of a table.
  private var ranks: Range<Int> {
    let most = prompts.map(\.prompt.card.labels.count).max() ?? 0
    return 2..<max(2, min(top ?? 1, most) + 1)
  }

  private func row(_ outcome: QueryOutcome, _ result: QueryResult) -> String {
    let (prediction, failure): (Prediction?, QueryFailure?) =
      switch result.answer {
      case .success(let prediction): (prediction, nil)
      case .failure(let failure): (nil, failure)
      }
    var cells = [Self.cell(outcome.id), "\(outcome.line)", prediction?.task ?? result.task ?? ""]
    if hasTexts { cells.append(prediction?.text ?? "") }
    let probability = prediction?.content.probability
    cells += [prediction?.cell ?? "", probability.map { "\($0)" } ?? ""]
    if hasPlaces {
      let place = prediction?.content.place
      cells += [place.map { "\($0.lowerBound)" } ?? "", place.map { "\($0.upperBound)" } ?? ""]
    }
    let ranked = ranks.isEmpty ? [] : prediction?.ranked ?? []
    for rank in ranks {
      let label = rank <= ranked.count ? ranked[rank - 1] : nil
      cells += [label?.label ?? "", label.map { "\($0.share)" } ?? ""]
    }
    return Self.row(cells + [failure?.description ?? ""])
  }

  private static func cell(_ id: JSONValue) -> String {
    switch id {
    case .string(let text), .spelled(let text): text
    case .null: ""
    default: id.line
    }
  }

  private static func row(_ cells: [String]) -> String {
    cells.map(quoted).joined(separator: ",")
  }

  // By scalars, for one character may have as many marks as a line has bytes.
  private static func quoted(_ cell: String) -> String {
    guard cell.utf8.contains(where: special.contains) else { return cell }
    var quoted = "\""
    for scalar in cell.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  private static let special = Set("\",\n\r".utf8)
}

extension Prediction {
  // The label, or an answer that is none but was not written either.
  fileprivate var cell: String { text == nil ? answer : label ?? "" }

  /// The answer for people: the labels from the most probable on, or the answer itself.
  ///
  /// A text keeps its line ends and tabs; other control characters are shown escaped, as
  /// everywhere, and are what they are in the JSON of `--json`.
  func shown(top: Int? = nil) -> String {
    if let table = content.table { return "\(task.escapingControls())\n\(Table(table).text)" }
    guard !labels.isEmpty else { return "\(task.escapingControls())\n\(answer)" }
    var table = Table([(Text.clipped(task, to: 40), .left), ("Probability", .right), ("", .left)])
    for (label, share) in ranked.prefix(top ?? 12) {
      let bar = String(repeating: "#", count: Int((share * 20).rounded()))
      table.add([Text.clipped(label, to: 40), Text.score(share), bar])
    }
    return table.text
  }
}
