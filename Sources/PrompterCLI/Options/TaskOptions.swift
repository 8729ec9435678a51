// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter

/// The option that names columns.
struct FieldOptions: ParsableArguments {
  @Option(
    name: .customLong("field"),
    help: ArgumentHelp(
      "The column of a field: text, pair or label. Repeatable.", valueName: "name=column"))
  var columns: [String] = []

  /// Fields with the columns that were named in place of their own.
  func applied(to fields: Fields) throws -> Fields {
    var fields = fields
    for column in columns {
      let parts = column.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw UsageError("--field takes NAME=COLUMN, as in --field text=sentence, not `\(column)`.")
      }
      switch parts[0] {
      case "text": fields.text = parts[1]
      case "pair": fields.pair = parts[1]
      case "label": fields.label = parts[1]
      default:
        throw UsageError("--field knows text, pair and label, not `\(parts[0])`.")
      }
    }
    return fields
  }
}

/// The options that describe a task.
struct TaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The task: \(TaskDescription.presetNames.joined(separator: ", ")).", valueName: "task"),
    completion: .list(TaskDescription.presetNames))
  var task: String

  @OptionGroup var fields: FieldOptions

  private static let later: Set = [
    "token-classification", "question-answering", "multiple-choice", "text-to-text", "causal-lm",
    "copa", "multirc", "record", "wic", "wsc", "qqp", "conll03", "conll04", "squad", "squad-v2",
    "e2e",
  ]

  /// The task with its fields; its labels are not known yet.
  func description() throws -> TaskDescription {
    let known = TaskDescription.presetNames.joined(separator: ", ")
    guard var description = TaskDescription.preset(task) else {
      if Self.later.contains(task) {
        throw UsageError.notInThisVersion("The task \(task)", use: "one of \(known)")
      }
      throw UsageError("There is no task `\(task)`; the tasks are \(known).")
    }
    description.fields = try fields.applied(to: description.fields)
    return description
  }
}

extension TaskDescription {
  /// The name that the task goes by.
  var name: String { preset ?? kind.rawValue }
}
