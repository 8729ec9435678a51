// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON

/// `prompter predict`.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Answer queries, for one or many tasks in the same batch.",
    discussion: """
      Queries come from a file or from standard input: as JSON lines, from .csv and .tsv with a \
      header, or from .txt as a text a line, packed with .gz or .zst or not; --input-format \
      says so where an extension does not, and --columns names the columns of a table without a \
      header. In JSON a query is
        {"task": "sst2", "text": "...", "pair": "...", "id": 7}
      where `task` is the name of a prompt and may be left out if there is one prompt only, `pair` \
      is the second text of a task about two, and `id` is given back as it is. The columns that a \
      prompt was trained with, or those of its template, may stand in place of `text` and `pair`; \
      --field names others. A table has columns of these names.

      There is one line for each query, in order, blank ones passed over: JSON, or what \
      --output-format says. A query that cannot be answered gets an `error`, as does one text for a \
      prompt about pairs; the others are answered all the same, and the exit code is 65. What is \
      there is answered at once: line after line from a terminal or a slow pipe, many together from \
      a file.

      The model's weights must be those that the prompts were trained on. Their hash is computed \
      once and remembered in the cache.

      EXAMPLES
        prompter predict --model models/minilm --prompt prompts/sst2 \\
          --text "Great fun."
        Two tasks, one backbone, one batch:
          prompter predict --model models/minilm --prompt mood=prompts/sst2 \\
            --prompt queue=prompts/queue queries.jsonl > answers.jsonl
        A table for a table, with the three likeliest labels:
          prompter predict --model models/minilm --prompt prompts/queue \\
            --field text=message --output-format csv --top 3 mail.csv > queues.csv
        Labels alone, for texts as they come:
          tail -f mail.txt | prompter predict --model models/minilm \\
            --prompt prompts/queue --input-format text --output-format label
        A text for a text:
          prompter predict --model models/t5 --prompt prompts/summaries \\
            --text "A long story." --beams 4
      """)

  @OptionGroup(title: "Model and prompts") var model: ModelOptions
  @OptionGroup(title: "Model and prompts") var prompts: PromptOptions
  @OptionGroup(title: "Queries") var queries: QueryOptions
  @OptionGroup(title: "Written answers") var answers: AnswerOptions
  @OptionGroup(title: "Computation") var compute: ComputeOptions
  @OptionGroup(title: "Output") var format: AnswerFormatOptions
  @OptionGroup(title: "Output") var calibration: CalibrationOptions
  @OptionGroup(title: "Output") var console: OutputOptions

  func run() throws {
    try compute.check()
    try prompts.check()
    try answers.check()
    try queries.check()
    try format.check(console)
    if let text = queries.text {
      let loaded = try prompts.load(console)
      try answer(text, of: loaded, with: try predictor(of: loaded))
    } else {
      let reader = try QueryReader(
        path: queries.file, format: queries.inputFormat, columns: queries.columns)
      let loaded = try prompts.load(console).reading(queries.fields)
      try answerLines(reader, of: loaded, with: try predictor(of: loaded))
    }
  }

  private func predictor(of loaded: [LoadedPrompt]) throws -> Predictor {
    let model = try model.load(compute, console)
    return calibration.applied(
      to: answers.applied(to: try loaded.predictor(on: model, compute), usual: .ranking))
  }

  private func writer(for loaded: [LoadedPrompt]) -> AnswerWriter {
    AnswerWriter(format: format.outputFormat ?? .jsonl, top: format.top, prompts: loaded)
  }

  private func answer(
    _ text: String, of loaded: [LoadedPrompt], with predictor: Predictor
  ) throws {
    let (names, isList): ([String], Bool) =
      switch try queries.tasks(of: predictor) {
      case nil: (predictor.names, false)
      case .one(let name): ([try predictor.name(of: name)], false)
      case .several(let several): (several, true)
      }
    let predictions = try predictor.predict(names.map { Query(text, queries.pair, task: $0) })
    if console.json || format.outputFormat != nil {
      let writer = writer(for: loaded)
      if let header = writer.header { try Output.write(header) }
      let results = predictions.map { QueryResult(answer: .success($0)) }
      for results in isList ? [results] : results.map({ [$0] }) {
        try Output.write(
          writer.line(
            for: QueryOutcome(id: .null, line: 1, results: results, isList: isList)))
      }
    } else {
      try Output.write(
        predictions.map { $0.shown(top: format.top) }.joined(separator: "\n\n"))
    }
    for prediction in predictions where prediction.isCut {
      console.note("The text is longer than \(prediction.task) reads, and was cut.")
    }
  }

  // Lines are read and tokenized while those before are computed and the ones before that written.
  // Whatever waits to be computed goes together, so that no thread has long to wait for another.
  private func answerLines(
    _ reader: QueryReader, of loaded: [LoadedPrompt], with predictor: Predictor
  ) throws {
    noteTerminal(reader.format)
    let (clock, batchSize) = (WorkClock(), queries.batchSize)
    let input = QueryInput(
      reader, file: queries.file ?? "standard input", predictor: predictor,
      tasks: try queries.tasks(of: predictor),
      columns: try queries.fields.named(), clock: clock)
    let most = 4 * compute.threadCount * batchSize
    let batches = Ahead(from: input, limit: most, size: { max($0.count, $0.queryCount) }) {
      try $0.next(atMost: batchSize)
    }
    let answers = Ahead(from: batches) { batches in
      let waiting = try batches.next(atMost: most)
      return waiting.isEmpty ? nil : try QueryBatch.outcomes(of: waiting, by: predictor)
    }
    let writer = writer(for: loaded)
    if let header = writer.header { try Output.write(header) }
    var tally = AnswerTally(
      queries: reader.format, isGuessed: queries.inputFormat == nil, answers: writer.format)
    while let outcomes = try answers.next() {
      try Output.write(outcomes.map(writer.line).joined(separator: "\n"))
      clock.end(outcomes.count)
      tally.add(outcomes)
    }
    try tally.conclude(seconds: clock.seconds, console)
  }

  private func noteTerminal(_ format: QueryFormat) {
    guard queries.file == nil, Output.isInputTerminal else { return }
    let kind =
      switch format {
      case .jsonl: "one JSON object a line (--input-format text: one text a line)"
      case .text: "one text a line"
      case .csv, .tsv: "a header and one row a line"
      }
    console.note("Reading queries from the terminal, \(kind); end with ctrl-D.")
  }
}
