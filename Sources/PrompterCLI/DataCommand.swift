// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter

/// `prompter data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look at data files.",
    subcommands: [DataPreviewCommand.self, DataSummaryCommand.self])
}

/// The options that say how a data file is read.
struct DataFileOptions: ParsableArguments {
  @Argument(help: "A .jsonl, .json, .tsv or .csv file; labels need not be there.")
  var file: String

  @Option(help: ArgumentHelp("A preset that names the columns.", valueName: "task"))
  var task: String?

  @OptionGroup var fields: FieldOptions

  @Option(
    help: ArgumentHelp("A backbone, to count its tokens.", valueName: "model"),
    completion: .directory)
  var model: String?

  func dataset() throws -> Dataset {
    var known = Fields()
    if let task {
      guard let description = TaskDescription.preset(task) else {
        let names = TaskDescription.presetNames.joined(separator: ", ")
        throw UsageError("There is no task `\(task)`; the tasks are \(names).")
      }
      known = description.fields
    }
    return try Dataset(
      contentsOf: URL(filePath: file), fields: fields.applied(to: known), requireLabels: false)
  }

  /// Tokens an example, special ones included, if a model was named.
  func tokenLengths(of dataset: Dataset, _ console: OutputOptions) throws -> LengthStatistics? {
    guard let model else { return nil }
    let folder = try ModelReference(model).resolve { console.note($0) }
    let tokenizer = try Tokenizers.load(contentsOf: folder)
    return LengthStatistics(
      dataset.examples.map {
        tokenizer.encode($0.text, pair: $0.pair, maximumLength: .max).ids.count
      })
  }
}

/// `prompter data preview`.
struct DataPreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Show the first examples of a file, and its labels.",
    discussion: """
      EXAMPLES
        prompter data preview train.tsv
        prompter data preview messages.csv --field text=message \\
          --field label=queue --limit 3
      """)

  @OptionGroup var data: DataFileOptions

  @Option(help: ArgumentHelp("The examples to show.", valueName: "n"))
  var limit = 5

  @OptionGroup var console: OutputOptions

  func run() throws {
    if limit < 0 { throw UsageError("--limit must not be negative.") }
    let dataset = try data.dataset()
    let report = DataReport(
      file: data.file, summary: DatasetSummary(of: dataset),
      tokens: try data.tokenLengths(of: dataset, console),
      rows: Array(dataset.examples.prefix(limit)))
    try Output.write(console.json ? report.json.line : report.text)
  }
}

/// `prompter data summary`.
struct DataSummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Count the examples, labels and lengths of a file.",
    discussion: """
      EXAMPLES
        prompter data summary train.tsv --model models/minilm
      """)

  @OptionGroup var data: DataFileOptions
  @OptionGroup var console: OutputOptions

  func run() throws {
    let dataset = try data.dataset()
    let report = DataReport(
      file: data.file, summary: DatasetSummary(of: dataset),
      tokens: try data.tokenLengths(of: dataset, console), rows: nil)
    try Output.write(console.json ? report.json.line : report.text)
  }
}
