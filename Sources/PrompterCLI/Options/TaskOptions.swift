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

  /// A task with the columns that were named in place of its own.
  func applied(to task: TaskDescription) throws -> TaskDescription {
    try named().reduce(task) { task, field in
      let kind = try task.asked()
      guard let changed = kind.reading(field.name, from: field.column) else {
        let known = kind.fieldNames
        let list = known.dropLast().joined(separator: ", ")
        throw UsageError(
          "--field knows \(list.isEmpty ? "" : list + " and ")\(known.last ?? "no column"), "
            + "not `\(field.name)`.")
      }
      return changed
    }
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
      "The task. With a model that reads: \(Self.readNames.joined(separator: ", ")). With one that "
        + "writes: \(Self.writtenNames.joined(separator: ", ")).", valueName: "task"),
    completion: .list(Self.names))
  var task: String

  @Option(
    help: ArgumentHelp(
      "Text-to-text: what the model reads, with columns in braces, as in "
        + "\"summarize: {article}\" (default: the task's, without its name for prompts). With "
        + "--verbalizer: where the label's word is asked for, as in \"{text} It was [MASK].\"",
      valueName: "text"))
  var template: String?

  @OptionGroup var words: VerbalizerOptions

  @Option(
    help: ArgumentHelp(
      "All labels in the order of their indices, as in neg,pos, or @FILE with one a line (default: "
        + "the task's, or those of the training data, sorted).", valueName: "names"))
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Texts that are read in windows: tokens that two windows share (default: a third of "
        + "--max-length).", valueName: "n"))
  var stride: Int?

  @OptionGroup var tagging: TaggingOptions
  @OptionGroup var fields: FieldOptions

  private static var readNames: [String] { TaskKinds.presetNames(isWritten: false) }
  private static var writtenNames: [String] { TaskKinds.presetNames(isWritten: true) }

  /// The names of all tasks.
  static var names: [String] { Set(readNames + writtenNames).sorted() }

  private static let later: Set = ["causal-lm"]

  /// Refuses a task that no model of this version can learn.
  func check() throws {
    if let stride, stride < 0 { throw UsageError("--stride must not be negative.") }
    guard !Self.names.contains(task) else { return }
    if Self.later.contains(task) {
      throw UsageError.notInThisVersion(
        "The task \(task)", use: "one of \(Self.names.joined(separator: ", "))")
    }
    throw UsageError.unknownTask(task, known: Self.names)
  }

  /// The task with its fields; labels that only its data tell are not known yet.
  ///
  /// - Parameters:
  ///   - writes: Whether the model writes, so that answers are texts.
  ///   - method: The method, which decides whether texts begin with the task's name.
  /// - Returns: The task.
  /// - Throws: ``UsageError`` if such a model has no such task.
  func description(writes: Bool, method: MethodName) throws -> TaskDescription {
    guard
      var description = TaskKinds.preset(
        task, isWritten: writes, isNamed: method.settings?.trainsBackbone == true)
    else {
      throw UsageError(
        writes
          ? "The task \(task) needs a model that reads only; this one writes: "
            + "\(Self.writtenNames.joined(separator: ", "))."
          : "The task \(task) needs a model that writes texts, such as a T5; this one learns "
            + "\(Self.readNames.joined(separator: ", ")).")
    }
    let template = try template.map { try TextTemplate($0) }
    if words.isGiven {
      try words.apply(to: &description, template: template)
    } else if let template {
      guard description.text != nil else {
        throw UsageError(
          "--template is for models that write texts, such as a T5, and for --verbalizer.")
      }
      description.text?.template = template
    }
    if let labels { try order(labels, in: &description) }
    if let stride {
      guard let windows = try description.asked().overlapping(by: stride) else {
        throw UsageError("--stride is for tasks whose texts are read in windows, not for \(task).")
      }
      description = windows
    }
    return try fields.applied(to: tagging.applied(to: description))
  }

  private func order(_ labels: String, in task: inout TaskDescription) throws {
    let named = try LabelList(labels).labels
    guard try task.asked().hasLabels else {
      throw UsageError("--labels does not apply to \(task.name), whose answers are numbers.")
    }
    let own = task.labels
    // Of labels that a model writes the order is how files that number them are read.
    guard own.isEmpty || !task.isWritten && Set(own) == Set(named) else {
      throw UsageError(
        "--labels \(task.isWritten ? "does not apply to" : "can only order the labels of") "
          + "\(task.name): \(own.joined(separator: ", ")).")
    }
    task.labels = named
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
