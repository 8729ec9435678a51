// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON

/// `prompter data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look at data files.",
    subcommands: [DataPreviewCommand.self, DataSummaryCommand.self])
}

/// The options that say how a data file is read.
struct DataFileOptions: ParsableArguments {
  @Argument(
    help: "A .jsonl, .json, .tsv, .csv or .txt file; labels need not be there.", completion: .file()
  )
  var file: String

  @Option(
    help: ArgumentHelp("A preset that names the columns.", valueName: "task"),
    completion: .list(TaskOptions.names))
  var task: String?

  @Option(
    help: ArgumentHelp(
      "Show texts as a model that writes reads them: by this template, as in \"q: {question}\".",
      valueName: "text"))
  var template: String?

  @Flag(help: "Show texts as a model that writes reads them: by the task's template.")
  var written = false

  @OptionGroup var fields: FieldOptions
  @OptionGroup(title: "Data file") var form: FileFormOptions

  @Option(
    help: ArgumentHelp("A backbone, to count its tokens.", valueName: "model"),
    completion: .directory)
  var model: String?

  // How the file is read: for a model that reads, unless told otherwise or there it is no task.
  private func kind() throws -> any TaskKind {
    let isWritten = written || template != nil
    let name = task ?? TaskKinds.usualName(isWritten: isWritten)
    guard
      var task = TaskKinds.preset(name, isWritten: isWritten, isNamed: false)
        ?? TaskKinds.preset(name, isWritten: true, isNamed: false)
    else { throw UsageError.unknownTask(name, known: TaskOptions.names) }
    if let template { task.text?.template = try TextTemplate(template) }
    return try fields.applied(to: task).asked()
  }

  /// What there is to say of the file.
  ///
  /// - Parameters:
  ///   - limit: The examples to show; nil for none at all.
  ///   - console: Where warnings go.
  /// - Returns: The report.
  /// - Throws: An error of one sentence if the file or the model cannot be read.
  func report(showing limit: Int? = nil, _ console: OutputOptions) throws -> DataReport {
    try report(of: kind(), showing: limit, console)
  }

  private func report(
    of kind: some TaskKind, showing limit: Int?, _ console: OutputOptions
  ) throws -> DataReport {
    let examples = try kind.examples(
      of: ExampleFile(URL(filePath: file), form: form.form, requiresAnswers: false),
      for: .evaluation)
    let tokens = try tokenLengths(of: examples, console)
    let warnings =
      examples.omissions.remarks.map { "\(file): \($0)." }
      + (DataWarning.all(in: examples, hasLabels: kind.hasLabels)
      + [tokens?.warning].compactMap(\.self)).map(\.description)
    warnings.forEach(console.note)
    return DataReport(
      file: file, summary: DatasetSummary(of: examples), omissions: examples.omissions,
      tokens: tokens?.lengths,
      rows: limit.map { limit in
        examples.examples.indices.prefix(limit).map {
          DataReport.Row(text: examples.text(at: $0), answer: examples.shownAnswer(at: $0))
        }
      }, warnings: warnings)
  }

  // Tokens an example, special ones included, if a model was named, and what is odd about them.
  private func tokenLengths(
    of examples: some ExampleSet, _ console: OutputOptions
  ) throws -> (lengths: LengthStatistics, warning: DataWarning?)? {
    guard let model else { return nil }
    let folder = try ModelReference(model).resolve { console.note($0) }
    let tokenizer = try Tokenizers.load(contentsOf: folder)
    var pieces = PieceCounts(of: tokenizer)
    let lengths = examples.examples.indices.map { index in
      let text = examples.text(at: index)
      let encoding = tokenizer.encode(text.text, pair: text.pair, maximumLength: .max)
      pieces.add(encoding)
      return encoding.ids.count
    }
    return (LengthStatistics(lengths), DataWarning(pieces: pieces, file: file))
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
        What a T5 reads and should answer:
          prompter data preview copa.jsonl --task copa --written
      """)

  @OptionGroup var data: DataFileOptions

  @Option(help: ArgumentHelp("The examples to show.", valueName: "n"))
  var limit = 5

  @OptionGroup(title: "Output") var console: OutputOptions

  func run() throws {
    if limit < 0 { throw UsageError("--limit must not be negative.") }
    let report = try data.report(showing: limit, console)
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
  @OptionGroup(title: "Output") var console: OutputOptions

  func run() throws {
    let report = try data.report(console)
    try Output.write(console.json ? report.json.line : report.text)
  }
}
