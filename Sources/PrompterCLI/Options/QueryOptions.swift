// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter

extension QueryFormat: ExpressibleByArgument {}
extension AnswerFormat: ExpressibleByArgument {}

/// The options that say what is asked.
struct QueryOptions: ParsableArguments {
  @Argument(help: "A file of queries (default: standard input).", completion: .file())
  var file: String?

  @Option(
    help: ArgumentHelp(
      "How the queries are written (default: as the file's extension says, else jsonl).",
      valueName: "format"))
  var inputFormat: QueryFormat?

  @OptionGroup var fields: FieldOptions

  @Option(
    help: ArgumentHelp(
      "A table without a header: the names of its columns, as in id,text, where _ is one that is "
        + "not read, or their numbers, as in text=3,id=1.", valueName: "names"))
  var columns: ColumnNames?

  @Option(help: ArgumentHelp("Answer this text, for people to read.", valueName: "text"))
  var text: String?

  @Option(help: ArgumentHelp("The second text of --text.", valueName: "text"))
  var pair: String?

  @Option(
    help: ArgumentHelp(
      "The prompt that answers --text (default: all), or queries that name none.",
      valueName: "name"))
  var task: String?

  @Option(
    help: ArgumentHelp(
      "The prompts that all answer a query which names none, or `all`; their answers stand in one "
        + "line.", valueName: "names"))
  var tasks: String?

  @Option(
    help: ArgumentHelp(
      "Lines that are read together at most; what waits is answered together.", valueName: "n"))
  var batchSize = 512

  /// Refuses what does not go together.
  func check() throws {
    try requirePositive(batchSize, "--batch-size")
    if text == nil, pair != nil { throw UsageError("--pair goes with --text.") }
    if task != nil, tasks != nil { throw UsageError("Give --task or --tasks, not both.") }
    if text != nil, file != nil { throw UsageError("Give --text or a file, not both.") }
    guard text != nil else { return try checkColumns() }
    if columns != nil { throw UsageError("--columns is for files, not for --text.") }
    if inputFormat != nil { throw UsageError("--input-format is for files, not for --text.") }
    if !fields.columns.isEmpty { throw UsageError("--field is for files, not for --text.") }
  }

  private func checkColumns() throws {
    let format = inputFormat ?? QueryFormat(of: file)
    guard columns == nil || format == .csv || format == .tsv else {
      throw UsageError(
        "--columns is for tables, and the queries are read as \(format.rawValue); --input-format "
          + "csv or tsv says otherwise.")
    }
  }
}

/// The options that say how answers are written.
struct AnswerFormatOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How the answers are written: with all that is known, as a table, or the label alone "
        + "(default: jsonl).", valueName: "format"))
  var outputFormat: AnswerFormat?

  @Option(help: ArgumentHelp("Tell the most probable labels only.", valueName: "n"))
  var top: Int?

  /// Refuses what does not go together.
  func check(_ console: OutputOptions) throws {
    try requirePositive(top, "--top")
    if console.json, let outputFormat, outputFormat != .jsonl {
      throw UsageError("Give --json or --output-format \(outputFormat.rawValue), not both.")
    }
  }
}

extension QueryOptions {
  /// The prompts that answer a query which names none; nil if nothing was said.
  ///
  /// - Parameter predictor: The predictor that knows them.
  /// - Returns: Their names, and whether they are a list.
  /// - Throws: ``PredictionError`` if there is no prompt of a name.
  func tasks(of predictor: Predictor) throws -> QueryTasks? {
    guard let tasks else { return task.map(QueryTasks.one) }
    if tasks == "all" { return .several(predictor.names) }
    let names = tasks.split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard !names.isEmpty else {
      throw UsageError("--tasks names prompts, as in mood,queue, or all.")
    }
    return .several(try names.map { try predictor.name(of: $0) })
  }
}

extension [LoadedPrompt] {
  /// The prompts, their texts standing in the columns that were named.
  func reading(_ fields: FieldOptions) throws -> [LoadedPrompt] {
    try map { loaded in
      var prompt = loaded.prompt
      prompt.card.task = try fields.applied(to: prompt.card.task)
      return LoadedPrompt(name: loaded.name, path: loaded.path, prompt: prompt)
    }
  }
}
