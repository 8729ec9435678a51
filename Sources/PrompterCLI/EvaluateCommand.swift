// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter

/// `prompter evaluate`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure one or more prompts on a labelled file.",
    discussion: """
      The score stands beside the majority baseline: what always answering the file's most \
      frequent label would score.

      EXAMPLES
        prompter evaluate --model models/minilm --prompt prompts/sst2 dev.tsv
        Two prompts on the same data, as JSON:
          prompter evaluate --model models/minilm --prompt short=prompts/a \\
            --prompt long=prompts/b --data test.jsonl --json
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var prompts: PromptOptions

  @Option(help: ArgumentHelp("The labelled file.", valueName: "file"))
  var data: String?

  @Argument(help: "The labelled file, in place of --data.")
  var file: String?

  @OptionGroup var fields: FieldOptions

  @Option(help: ArgumentHelp("Score the first examples only.", valueName: "n"))
  var limit: Int?

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var console: OutputOptions

  func run() throws {
    try compute.check()
    try prompts.check()
    try requirePositive(limit, "--limit")
    let path = try path()
    let loaded = try prompts.load()
    let model = try model.load(compute, console)
    let predictor = try loaded.predictor(on: model, compute, checkingWeights: true)
    let evaluations = try loaded.map { prompt in
      let dataset = try Dataset(
        contentsOf: URL(filePath: path), fields: fields.applied(to: prompt.prompt.card.task.fields),
        limit: limit)
      return try predictor.evaluate(prompt.name, on: dataset)
    }
    let report = EvaluationReport(
      model: self.model.model, prompts: loaded, evaluations: evaluations)
    try Output.write(console.json ? report.json.line : report.text)
  }

  private func path() throws -> String {
    switch (data, file) {
    case (let path?, nil), (nil, let path?): path
    case (nil, nil): throw UsageError("Name the labelled file, as in --data test.tsv.")
    case (_?, _?): throw UsageError("Name the labelled file once: with --data or without.")
    }
  }
}

/// What an evaluation prints.
struct EvaluationReport {
  let model: String
  let prompts: [LoadedPrompt]
  let evaluations: [Evaluation]

  /// The object that `--json` prints; what stands outside `prompts` is the first prompt's.
  var json: JSONValue {
    guard let first = evaluations.first, let prompt = prompts.first else { return .null }
    return [
      "task": .string(prompt.prompt.card.task.name),
      "model": .string(model),
      "examples": .integer(first.examples),
      "metrics": JSONValue(first.metrics),
      "baseline": ["majority": JSONValue(first.baseline)],
      "seconds": .number(evaluations.reduce(0) { $0 + $1.seconds }),
      "examples_per_second": .number(first.examplesPerSecond),
      "prompts": .array(zip(prompts, evaluations).map(Self.json)),
    ]
  }

  private static func json(of prompt: LoadedPrompt, _ evaluation: Evaluation) -> JSONValue {
    let scores = zip(evaluation.labels, evaluation.confusion.classScores).map {
      label, scores -> JSONValue in
      [
        "label": .string(label), "precision": .number(scores.precision),
        "recall": .number(scores.recall), "f1": .number(scores.f1),
        "support": .integer(scores.support),
      ]
    }
    let count = evaluation.labels.count
    let confusion = (0..<count).map { reference in
      JSONValue((0..<count).map { evaluation.confusion[reference: reference, prediction: $0] })
    }
    return [
      "name": .string(prompt.name),
      "path": .string(prompt.path),
      "task": .string(prompt.prompt.card.task.name),
      "method": .string(prompt.prompt.card.method.rawValue),
      "metrics": JSONValue(evaluation.metrics),
      "seconds": .number(evaluation.seconds),
      "examples_per_second": .number(evaluation.examplesPerSecond),
      "labels": .array(scores),
      "confusion": .array(confusion),
    ]
  }

  /// The tables that people read.
  var text: String {
    zip(prompts, evaluations).map(Self.text).joined(separator: "\n\n")
  }

  // More columns than this fit no terminal.
  private static let largestMatrix = 12

  private static func text(of prompt: LoadedPrompt, _ evaluation: Evaluation) -> String {
    let card = prompt.prompt.card
    let head = Table.pairs([
      ("Prompt", "\(prompt.name) (\(card.task.name), \(card.method.rawValue))"),
      ("Score", Text.scores(evaluation.metrics)),
      ("Always the majority", Text.scores(evaluation.baseline)),
      ("Examples", Text.count(evaluation.examples)),
      (
        "Time",
        "\(Text.time(evaluation.seconds)) "
          + "(\(Text.fixed(evaluation.examplesPerSecond, 0)) examples/s)"
      ),
    ])
    var parts = [head.text, classes(of: evaluation).text]
    if evaluation.labels.count <= largestMatrix { parts.append(matrix(of: evaluation).text) }
    return parts.joined(separator: "\n\n")
  }

  private static func classes(of evaluation: Evaluation) -> Table {
    var table = Table([
      ("Label", .left), ("Precision", .right), ("Recall", .right), ("F1", .right),
      ("Examples", .right),
    ])
    for (label, scores) in zip(evaluation.labels, evaluation.confusion.classScores) {
      table.add([
        Text.clipped(label, to: 40), Text.score(scores.precision), Text.score(scores.recall),
        Text.score(scores.f1), Text.count(scores.support),
      ])
    }
    return table
  }

  private static func matrix(of evaluation: Evaluation) -> Table {
    let names = evaluation.labels.map { Text.clipped($0, to: 14) }
    var table = Table([("True \\ answered", .left)] + names.map { ($0, .right) })
    for (reference, name) in names.enumerated() {
      table.add(
        [name]
          + names.indices.map { "\(evaluation.confusion[reference: reference, prediction: $0])" })
    }
    return table
  }
}
