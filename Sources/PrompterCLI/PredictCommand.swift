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
      A query is one line of JSON, in a file or on standard input:
        {"task": "sst2", "text": "...", "pair": "...", "id": 7}
      where `task` is the name of a prompt and may be left out if there is one prompt only, `pair` \
      is the second text of a task about two, and `id` is given back as it is. For a text-to-text \
      task the columns of its template may stand in place of `text` and `pair`. There is one line \
      of JSON for each query, in order. A line that cannot be answered gets an `error`; the others \
      are answered all the same, and the exit code is 65.

      EXAMPLES
        prompter predict --model models/minilm --prompt prompts/sst2 \\
          --text "Great fun."
        Two tasks, one backbone, one batch:
          prompter predict --model models/minilm --prompt mood=prompts/sst2 \\
            --prompt queue=prompts/queue queries.jsonl > answers.jsonl
        A text for a text:
          prompter predict --model models/t5 --prompt prompts/summaries \\
            --text "A long story." --beams 4
        Each line answered at once:
          tail -f queries.jsonl | prompter predict --model models/minilm \\
            --prompt prompts/sst2 --batch-size 1
      """)

  @OptionGroup(title: "Model and prompts") var model: ModelOptions
  @OptionGroup(title: "Model and prompts") var prompts: PromptOptions

  @Argument(help: "A file of queries (default: standard input).", completion: .file())
  var file: String?

  @Option(help: ArgumentHelp("Answer this text, for people to read.", valueName: "text"))
  var text: String?

  @Option(help: ArgumentHelp("The second text of --text.", valueName: "text"))
  var pair: String?

  @Option(
    help: ArgumentHelp("The prompt that answers --text (default: all).", valueName: "name"))
  var task: String?

  @Option(
    help: ArgumentHelp(
      "Lines that are read together; what waits is answered together.", valueName: "n"))
  var batchSize = 512

  @OptionGroup(title: "Written answers") var answers: AnswerOptions
  @OptionGroup(title: "Computation") var compute: ComputeOptions
  @OptionGroup(title: "Output") var console: OutputOptions

  func run() throws {
    try compute.check()
    try prompts.check()
    try answers.check()
    try requirePositive(batchSize, "--batch-size")
    if text == nil, pair != nil || task != nil {
      throw UsageError("--pair and --task go with --text; queries in lines name theirs.")
    }
    if text != nil, file != nil { throw UsageError("Give --text or a file, not both.") }
    if let text {
      try answer(text, with: try predictor())
    } else {
      let reader = try LineReader(path: file)
      try answerLines(reader, with: try predictor())
    }
  }

  private func predictor() throws -> Predictor {
    let loaded = try prompts.load(console)
    let model = try model.load(compute, console)
    // A hash of the weights would take longer than an answer.
    return answers.applied(
      to: try loaded.predictor(on: model, compute, checkingWeights: false), usual: .ranking)
  }

  private func answer(_ text: String, with predictor: Predictor) throws {
    let names = try task.map { [predictor.names[try predictor.index(of: $0)]] } ?? predictor.names
    let predictions = try predictor.predict(names.map { Query(text, pair, task: $0) })
    if console.json {
      for prediction in predictions { try Output.write(prediction.json(id: .null).line) }
    } else {
      try Output.write(predictions.map(\.shown).joined(separator: "\n\n"))
    }
    for prediction in predictions where prediction.isCut {
      console.note("The text is longer than \(prediction.task) reads, and was cut.")
    }
  }

  // Lines are read and tokenized while those before are computed and the ones before that written.
  // Whatever waits to be computed goes together, so that no thread has long to wait for another.
  private func answerLines(_ reader: LineReader, with predictor: Predictor) throws {
    if file == nil, Output.isInputTerminal {
      console.note("Reading queries from the terminal, one JSON object a line; end with ctrl-D.")
    }
    let clock = ContinuousClock()
    let start = clock.now
    var (answered, failures) = (0, 0)
    let most = predictor.drawsTexts ? 1 : 4 * compute.threadCount
    let batches = Ahead(from: reader, limit: max(2, most)) { [batchSize] reader in
      let lines = reader.next(atMost: batchSize)
      return lines.isEmpty ? nil : try QueryBatch(lines: lines, predictor: predictor)
    }
    let answers = Ahead(from: batches) { batches in
      let waiting = try batches.next(atMost: most)
      return waiting.isEmpty ? nil : try QueryBatch.answered(waiting, by: predictor)
    }
    while let batches = try answers.next() {
      let parts = batches.map { batch, answers in batch.lines(with: answers) }
      let lines = parts.flatMap(\.lines)
      let count = parts.reduce(0) { $0 + $1.answered }
      answered += count
      failures += lines.count - count
      try Output.write(lines.map(\.line).joined(separator: "\n"))
    }
    let seconds = (clock.now - start) / .seconds(1)
    console.note(
      "Answered \(Text.count(answered)) queries in \(Text.time(seconds)): "
        + "\(Text.fixed(Double(answered) / max(seconds, 1e-9), 1)) a second.")
    guard failures == 0 else {
      throw PartialFailure("\(failures) queries were not answered; their lines say why.")
    }
  }
}

extension Prediction {
  /// The line that answers a query.
  func json(id: JSONValue) -> JSONValue {
    if let text {
      return [
        "id": id, "task": .string(task), "text": .string(text), "label": JSONValue(label),
        "probability": .number(probability),
      ]
    }
    let shares = zip(labels, probabilities).map {
      JSONValue.Member(name: $0, value: .number($1))
    }
    return [
      "id": id, "task": .string(task), "label": JSONValue(label),
      "probability": .number(probability), "probabilities": .object(shares),
    ]
  }

  /// The answer for people: the text, or the labels from the most probable on.
  ///
  /// A text keeps its line ends and tabs; other control characters are shown escaped, as everywhere,
  /// and are what they are in the JSON of `--json`.
  var shown: String {
    if let text { return "\(task.escapingControls())\n\(text)" }
    var table = Table([(Text.clipped(task, to: 40), .left), ("Probability", .right), ("", .left)])
    let ranked = zip(labels, probabilities).enumerated().sorted {
      ($1.element.1, $0.offset) < ($0.element.1, $1.offset)
    }
    for (_, (label, share)) in ranked.prefix(12) {
      let bar = String(repeating: "#", count: Int((share * 20).rounded()))
      table.add([Text.clipped(label, to: 40), Text.score(share), bar])
    }
    return table.text
  }
}
