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
  @Argument(
    help: "A .jsonl, .json, .tsv, .csv or .txt file; labels need not be there.", completion: .file()
  )
  var file: String

  @Option(
    help: ArgumentHelp("A preset that names the columns.", valueName: "task"),
    completion: .list(Set(TaskDescription.presetNames + TaskDescription.textToTextNames).sorted()))
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

  // The examples, what of the file was not read, and whether answers are labels.
  private func dataset() throws -> (Dataset, Omissions, hasLabels: Bool) {
    let preset = task.flatMap(TaskDescription.preset)
    if let task, preset == nil, TaskDescription.textToText(task) == nil {
      throw UsageError.unknownTask(
        task, known: TaskDescription.presetNames + TaskDescription.textToTextNames)
    }
    if written || template != nil || (task != nil && preset == nil) { return try texts() }
    var task = preset ?? TaskDescription(kind: .textClassification)
    task.fields = try fields.applied(to: task.fields)
    let dataset = try Dataset(
      contentsOf: URL(filePath: file), task: task, form: form.form, requireLabels: false)
    return (dataset, dataset.omissions, true)
  }

  // What a model that writes reads, and the answers that are right.
  private func texts() throws -> (Dataset, Omissions, hasLabels: Bool) {
    var description =
      TaskDescription.textToText(task ?? "text-to-text", isNamed: false)
      ?? TaskDescription.labelsAsTexts
    if var text = description.text {
      if let template { text.template = try TextTemplate(template) }
      description.text = try fields.applied(to: text)
    }
    let texts = try TextToTextDataset(
      contentsOf: URL(filePath: file), task: description, for: .evaluation, requireTargets: false,
      form: form.form)
    let examples = texts.examples.map {
      Example(
        text: $0.input, pair: nil,
        label: $0.targets.isEmpty ? nil : $0.targets.joined(separator: " | "), line: $0.line)
    }
    let hasLabels = description.text?.readsLabels == true || !description.labels.isEmpty
    return (Dataset(examples: examples, url: texts.url), texts.omissions, hasLabels)
  }

  /// What there is to say of the file.
  ///
  /// - Parameters:
  ///   - limit: The examples to show; nil for none at all.
  ///   - console: Where warnings go.
  /// - Returns: The report.
  /// - Throws: An error of one sentence if the file or the model cannot be read.
  func report(showing limit: Int? = nil, _ console: OutputOptions) throws -> DataReport {
    let (dataset, omissions, hasLabels) = try dataset()
    let tokens = try tokenLengths(of: dataset, console)
    let warnings =
      (DataWarning.all(in: dataset, hasLabels: hasLabels) + [tokens?.warning].compactMap(\.self))
      .map(\.description)
    warnings.forEach(console.note)
    return DataReport(
      file: file, summary: DatasetSummary(of: dataset), omissions: omissions,
      tokens: tokens?.lengths, rows: limit.map { Array(dataset.examples.prefix($0)) },
      warnings: warnings)
  }

  // Tokens an example, special ones included, if a model was named, and what is odd about them.
  private func tokenLengths(
    of dataset: Dataset, _ console: OutputOptions
  ) throws -> (lengths: LengthStatistics, warning: DataWarning?)? {
    guard let model else { return nil }
    let folder = try ModelReference(model).resolve { console.note($0) }
    let tokenizer = try Tokenizers.load(contentsOf: folder)
    var pieces = PieceCounts(of: tokenizer)
    let lengths = dataset.examples.map { example in
      let encoding = tokenizer.encode(example.text, pair: example.pair, maximumLength: .max)
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
          prompter data preview copa.jsonl --task copa
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
