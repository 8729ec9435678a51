// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter

/// The option that names columns.
struct FieldOptions: ParsableArguments {
  @Option(
    name: .customLong("field"),
    help: ArgumentHelp(
      "The column of a field: text, pair or label, or a column of a text-to-text task's template, "
        + "or target. Repeatable.", valueName: "name=column"))
  var columns: [String] = []

  /// Fields with the columns that were named in place of their own.
  func applied(to fields: Fields) throws -> Fields {
    var fields = fields
    for (name, column) in try named() {
      switch name {
      case "text": fields.text = column
      case "pair": fields.pair = column
      case "label": fields.label = column
      default:
        throw UsageError("--field knows text, pair and label, not `\(name)`.")
      }
    }
    return fields
  }

  /// A text-to-text task with the columns that were named in place of its own.
  func applied(to text: TextToTextDescription) throws -> TextToTextDescription {
    var text = text
    let known = text.template.columns
    for (name, column) in try named() {
      switch name {
      case "target", "label": text.columns["target"] = column
      case let name where known.contains(name): text.columns[name] = column
      // What a text and a pair are elsewhere, the first and second column are here.
      case "text" where !known.isEmpty: text.columns[known[0]] = column
      case "pair" where known.count > 1: text.columns[known[1]] = column
      default:
        throw UsageError(
          "--field knows \((known + ["target"]).joined(separator: ", ")), not `\(name)`.")
      }
    }
    return text
  }

  /// The columns by the names of their fields.
  func named() throws -> [(name: String, column: String)] {
    var fields: [(name: String, column: String)] = []
    for column in columns {
      let parts = column.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw UsageError("--field takes NAME=COLUMN, as in --field text=sentence, not `\(column)`.")
      }
      let field = (name: parts[0], column: parts[1])
      if let other = fields.first(where: { $0.name == field.name }) {
        throw UsageError(
          "--field gives the \(field.name) twice, as `\(other.column)` and as `\(field.column)`.")
      }
      if let other = fields.first(where: { $0.column == field.column }) {
        throw UsageError(
          "--field gives the column `\(field.column)` twice, as the \(other.name) and as the "
            + "\(field.name).")
      }
      fields.append(field)
    }
    return fields
  }
}

/// The options that describe a task.
struct TaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The task. With a model that reads: \(Self.labelled.joined(separator: ", ")). With one that "
        + "writes: \(Self.written.joined(separator: ", ")).", valueName: "task"),
    completion: .list(Array(Set(Self.labelled + Self.written)).sorted()))
  var task: String

  @Option(
    help: ArgumentHelp(
      "Text-to-text: what the model reads, with columns in braces, as in "
        + "\"summarize: {article}\" (default: the task's, without its name for prompts).",
      valueName: "text"))
  var template: String?

  @OptionGroup var fields: FieldOptions

  private static let labelled = TaskDescription.presetNames

  private static let written = ["text-classification"] + TaskDescription.textToTextNames

  private static let later: Set = [
    "token-classification", "question-answering", "multiple-choice", "causal-lm", "conll03",
    "conll04",
  ]

  /// Refuses a task that no model of this version can learn.
  func check() throws {
    guard Self.labelled.contains(task) || Self.written.contains(task) else {
      if Self.later.contains(task) {
        let known = Array(Set(Self.labelled + Self.written)).sorted().joined(separator: ", ")
        throw UsageError.notInThisVersion("The task \(task)", use: "one of \(known)")
      }
      throw UsageError.unknownTask(task, known: Self.labelled + Self.written)
    }
  }

  /// The task with its fields; labels that only its data tell are not known yet.
  ///
  /// - Parameters:
  ///   - writes: Whether the model has a decoder, so that answers are texts.
  ///   - method: The method, which decides whether texts begin with the task's name.
  /// - Returns: The task.
  /// - Throws: ``UsageError`` if such a model has no such task.
  func description(writes: Bool, method: MethodName) throws -> TaskDescription {
    guard !writes else { return try textDescription(method) }
    guard var description = TaskDescription.preset(task) else {
      throw UsageError(
        "The task \(task) needs a model that writes texts, such as a T5; this one learns "
          + "\(Self.labelled.joined(separator: ", ")).")
    }
    guard template == nil else {
      throw UsageError("--template is for models that write texts, such as a T5.")
    }
    description.fields = try fields.applied(to: description.fields)
    return description
  }

  private func textDescription(_ method: MethodName) throws -> TaskDescription {
    let isNamed = method == .fineTuning
    guard
      var description = task == TaskDescription.Kind.textClassification.rawValue
        ? TaskDescription.labelsAsTexts : .textToText(task, isNamed: isNamed),
      var text = description.text
    else {
      throw UsageError(
        "The task \(task) needs a model that reads only; this one writes: "
          + "\(Self.written.joined(separator: ", ")).")
    }
    if let template { text.template = try TextTemplate(template) }
    description.text = try fields.applied(to: text)
    return description
  }
}

extension UsageError {
  /// A task that there is not, answered with the one most like it, or else with all.
  static func unknownTask(_ name: String, known: [String]) -> UsageError {
    let known = Set(known).sorted()
    let answer =
      closestName(to: name, among: known).map { "did you mean `\($0)`?" }
      ?? "the tasks are \(known.joined(separator: ", "))."
    return UsageError("There is no task `\(name)`; \(answer)")
  }
}

extension TaskDescription {
  /// The name that the task goes by.
  var name: String { preset ?? kind.rawValue }
}
