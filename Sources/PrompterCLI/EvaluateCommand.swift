// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON
import PrompterKernels

/// `prompter evaluate`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure one or more prompts on a labelled file.",
    discussion: """
      The score stands beside the majority baseline: what always answering the file's most \
      frequent label would score. Of answers that are texts, those that are no label are counted too.

      With --ensemble, prompts that were trained for one task with different seeds also vote.

      EXAMPLES
        prompter evaluate --model models/minilm --prompt prompts/sst2 dev.tsv
        Two prompts on the same data, as JSON:
          prompter evaluate --model models/minilm --prompt short=prompts/a \\
            --prompt long=prompts/b --data test.jsonl --json
        A prompt on data of another origin, whose labels are called otherwise:
          prompter evaluate --model models/t5 --prompt prompts/qqp mrpc.tsv \\
            --field question1=sentence1 --field question2=sentence2 \\
            --map-label equivalent=duplicate \\
            --map-label not_equivalent=not_duplicate
      """)

  @OptionGroup(title: "Model and prompts") var model: ModelOptions
  @OptionGroup(title: "Model and prompts") var prompts: PromptOptions

  @Option(help: ArgumentHelp("The labelled file.", valueName: "file"), completion: .file())
  var data: String?

  @Argument(help: "The labelled file, in place of --data.", completion: .file())
  var file: String?

  @OptionGroup var fields: FieldOptions
  @OptionGroup(title: "Data file") var written: FileFormOptions

  @Option(
    help: ArgumentHelp(
      "Score so many examples, drawn at random but always the same, of each label its part.",
      valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Score the first examples only.", valueName: "n"))
  var limitFirst: Int?

  @OptionGroup var labels: LabelMapOptions

  @Flag(help: "Let the prompts vote, too.")
  var ensemble = false

  @OptionGroup(title: "Written answers") var answers: AnswerOptions
  @OptionGroup(title: "Computation") var compute: ComputeOptions
  @OptionGroup(title: "Output") var calibration: CalibrationOptions
  @OptionGroup(title: "Output") var console: OutputOptions

  func run() throws {
    try compute.check()
    try prompts.check()
    try answers.check()
    try requirePositive(limit, "--limit")
    try requirePositive(limitFirst, "--limit-first")
    let file = EvaluationFile(
      path: try path(), fields: fields, form: written.form, labelMap: try labels.map(),
      limit: limit, limitFirst: limitFirst, console: console)
    let loaded = try prompts.load(console)
    let model = try model.load(compute, console)
    let predictor = calibration.applied(
      to: answers.applied(to: try loaded.predictor(on: model, compute), usual: .generation))
    let report: EvaluationReport
    if ensemble {
      let together = try file.ensemble(loaded, by: predictor)
      report = EvaluationReport(
        model: self.model.model, precision: model.precision, prompts: loaded,
        evaluations: together.members,
        ensemble: together)
    } else {
      if loaded.count > 1 { try file.checkCanBeReadAgain() }
      report = EvaluationReport(
        model: self.model.model, precision: model.precision, prompts: loaded,
        evaluations: try loaded.map { try file.evaluation(of: $0, by: predictor) })
    }
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

/// The labelled file of an evaluation, read as each prompt needs it.
struct EvaluationFile {
  let path: String
  let fields: FieldOptions
  let form: FileForm
  let labelMap: LabelMap
  let limit: Int?
  let limitFirst: Int?
  let console: OutputOptions

  /// Refuses a pipe, which is empty once it was read.
  func checkCanBeReadAgain() throws {
    guard try [.file, nil].contains(FileKind.of(path)) else {
      throw UsageError("\(path) is read once for each prompt; give a file, not a pipe.")
    }
  }

  /// The scores of one prompt.
  func evaluation(of prompt: LoadedPrompt, by predictor: Predictor) throws -> Evaluation {
    func evaluation(_ examples: some ExampleSet) throws -> Evaluation {
      try predictor.evaluate(prompt.name, on: examples)
    }
    return try evaluation(examples(for: prompt))
  }

  /// The scores of prompts that belong to one task, and of their vote.
  func ensemble(_ prompts: [LoadedPrompt], by predictor: Predictor) throws -> EnsembleEvaluation {
    let tasks = prompts.map(\.prompt.card.task)
    guard let first = prompts.first, tasks.allSatisfy({ $0 == tasks[0] }) else {
      throw UsageError("--ensemble needs prompts that were trained for the same task and labels.")
    }
    func evaluation(_ examples: some ExampleSet) throws -> EnsembleEvaluation {
      try predictor.evaluateEnsemble(prompts.map(\.name), on: examples)
    }
    return try evaluation(examples(for: first))
  }

  private func examples(for prompt: LoadedPrompt) throws -> any ExampleSet {
    try examples(of: fields.applied(to: prompt.prompt.card.task).asked())
  }

  private func examples(of kind: some TaskKind) throws -> any ExampleSet {
    let source = DataSource(kind: kind, form: form, labelMap: labelMap, console: console)
    let examples = try source.examples(path, for: .evaluation, limit: limitFirst)
    return limit.map { examples.drawn($0, seed: Self.seed, isStratified: kind.isStratified) }
      ?? examples
  }

  // The same examples for each prompt and each time.
  private static let seed: UInt64 = 0
}
