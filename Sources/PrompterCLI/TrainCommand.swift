// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterModels
import PrompterKernels

/// `prompter train`.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a prompt for one task.",
    discussion: """
      The backbone stays as it is; what is trained is a prompt and a head, saved in a folder of \
      their own. The prompt that scores best on the validation data is kept.

      EXAMPLES
        A prompt in every layer, five epochs:
          prompter train --model models/minilm --task sst2 --train train.tsv \\
            --validation dev.tsv --output prompts/sst2
        Own columns, prompts in the upper half only, early stopping:
          prompter train --model models/minilm --task text-classification \\
            --field text=message --field label=queue \\
            --train train.csv --validation dev.csv \\
            --prompt-layers 4-6 --epochs 20 --patience 3 --output prompts/queue
        A T5 that writes the answers, as its authors tune it:
          prompter train --model models/t5-1.1-lm --task boolq \\
            --train train.jsonl --validation val.jsonl --recipe lester \\
            --output prompts/boolq
        Vectors before the text, starting from the labels' words:
          prompter train --model models/minilm --task rte --train train.jsonl \\
            --validation val.jsonl --method prompt-tuning --prompt-init labels \\
            --output prompts/rte

      Data files end in .jsonl, .json, .tsv or .csv. After ctrl-C, or worse, the same command with \
      --resume goes on where it was.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var task: TaskOptions

  @Option(help: ArgumentHelp("Labelled examples to learn from.", valueName: "file"))
  var train: String

  @Option(help: ArgumentHelp("Labelled examples that choose the best prompt.", valueName: "file"))
  var validation: String?

  @Option(help: ArgumentHelp("Labelled examples to score at the end.", valueName: "file"))
  var test: String?

  @Option(help: ArgumentHelp("Learn from the first examples only.", valueName: "n"))
  var limit: Int?

  @OptionGroup var labels: LabelMapOptions

  @Option(help: "The method (default: p-tuning-v2).")
  var method: MethodArgument?

  @Option(
    help: ArgumentHelp(
      "A published plan for prompt-tuning: as Lester and others 2021 say it, or as their code "
        + "does it. Other options change it.", valueName: "name"))
  var recipe: TrainingRecipe?

  @Flag(
    help: ArgumentHelp(
      "Wire the prompt as PEFT does, so that it loads there: a head reads the first slot."))
  var peftCompatible = false

  @OptionGroup var size: MethodOptions
  @OptionGroup var start: PromptStartOptions
  @OptionGroup var plan: PlanOptions
  @OptionGroup var compute: ComputeOptions

  @Option(
    help: ArgumentHelp(
      "Memory for the states below --prompt-layers, which are computed once; what needs more is "
        + "kept in a temporary file.", valueName: "size"))
  var cacheMemory = MemorySize(bytes: 1 << 30)

  @Option(
    help: ArgumentHelp("The folder for the prompt.", valueName: "dir"), completion: .directory)
  var output: String

  @Flag(help: "Go on with a training that was interrupted.")
  var resume = false

  @Flag(help: "Replace the prompt that is in the folder.")
  var overwrite = false

  @OptionGroup var console: OutputOptions

  func run() throws {
    let name = try check()
    let folder = OutputFolder(output)
    try folder.prepared(resuming: resume, overwriting: overwrite, console) {
      try run(name, into: folder)
    }
  }

  private func run(_ name: MethodName, into folder: OutputFolder) throws {
    let modelFolder = try model.folder(console)
    let task = try task.description(
      writes: ModelFamily.configuration(contentsOf: modelFolder).decoderLayerCount > 0,
      method: name)
    if peftCompatible, name == .pTuningV2, task.text != nil {
      throw UsageError(
        "--peft-compatible does not apply to p-tuning-v2 of a model that writes: PEFT gives several "
          + "layers of a decoder the same keys and values.")
    }
    let data = try TrainingFiles(
      training: train, validation: validation, test: test, task: task,
      labelMap: try labels.map(), limit: limit, console: console)
    let model = try PretrainedModel(
      contentsOf: modelFolder, precision: compute.precision(console))
    for note in model.notes { console.note(note) }
    let choice = try MethodBuilder(
      method: name, size: size, start: start, model: model, labels: data.labels(of: task),
      recipe: recipe
    ).choice()
    let trainer = Trainer(
      model: model, method: choice,
      plan: plan.plan(for: choice, backbone: model.backbone, compute: compute, recipe: recipe),
      pooling: plan.pooling ?? (peftCompatible && task.text == nil ? .firstSlot : nil),
      cacheMemory: cacheMemory.bytes)
    let (prompt, seconds) =
      resume && folder.isFinished
      ? (try finished(trainer, task, data, in: folder), 0)
      : try trained(trainer, task, data, folder)
    let summary = TrainingSummary(
      prompt: prompt, seconds: seconds, model: self.model.model, threads: compute.threadCount,
      output: folder.path, test: try testScore(of: prompt, on: data, model: model))
    try Output.write(console.json ? summary.json.line : summary.table.text)
  }

  /// Refuses wrong usage, before anything is read.
  private func check() throws -> MethodName {
    try compute.check()
    try task.check()
    let name = try method?.checked() ?? recipe?.method ?? .pTuningV2
    if let recipe, name != recipe.method {
      throw UsageError(
        "--recipe \(recipe.rawValue) is for \(recipe.method.rawValue), not \(name.rawValue).")
    }
    try size.check(for: name)
    try start.check(for: name)
    try plan.check(recipe)
    try requirePositive(limit, "--limit")
    if peftCompatible {
      if name == .headOnly || name == .fineTuning {
        throw UsageError("--peft-compatible does not apply to \(name.rawValue).")
      }
      if size.promptLayers != nil || size.promptPlacement != nil || plan.pooling != nil {
        throw UsageError(
          "--peft-compatible settles layers, placement and pooling; leave out --prompt-layers, "
            + "--prompt-placement and --pooling.")
      }
    }
    return name
  }

  private func trained(
    _ trainer: Trainer, _ task: TaskDescription, _ data: TrainingFiles, _ folder: OutputFolder
  ) throws -> (Prompt, seconds: Double) {
    let monitor = TrainingMonitor(
      metric: task.selectingMetric, isQuiet: console.quiet, isLive: Output.isTerminal,
      width: Output.width)
    ProcessStatus.catchInterrupts()
    defer { monitor.finish() }
    let outcome: TrainingOutcome
    var best: Prompt?
    do {
      outcome = try data.train(trainer, task, folder: folder.url, resuming: resume) { event in
        if case .diverged(let prompt) = event { best = prompt }
        monitor.note(event)
      }
    } catch let error as TrainingError {
      guard let best, let epoch = best.card.best?.epoch else { throw error }
      try best.write(to: folder.url, overwriting: true)
      throw DivergedTraining(cause: error, folder: folder.path, epoch: epoch)
    }
    guard !outcome.wasInterrupted else { throw try interruption(outcome, folder) }
    try outcome.prompt.write(to: folder.url, overwriting: overwrite || resume)
    try folder.removeState()
    return (outcome.prompt, outcome.seconds)
  }

  // What there is of a prompt by now can be used, though the training is not over.
  private func interruption(
    _ outcome: TrainingOutcome, _ folder: OutputFolder
  ) throws -> Interruption {
    guard let best = outcome.prompt.card.best else {
      return Interruption("Interrupted at step \(outcome.step); go on with --resume.")
    }
    try outcome.prompt.write(to: folder.url, overwriting: true)
    return Interruption(
      "Interrupted at step \(outcome.step): \(folder.path) holds the best prompt so far, of epoch "
        + "\(Text.fixed(best.epoch, 1)), marked as unfinished; go on with --resume.")
  }

  /// The prompt of a training that was not interrupted after all: resuming twice does no harm.
  private func finished(
    _ trainer: Trainer, _ task: TaskDescription, _ data: TrainingFiles, in folder: OutputFolder
  ) throws -> Prompt {
    let prompt = try Prompt(contentsOf: folder.url)
    guard prompt.card.unfinished == nil else {
      throw UsageError(
        "\(folder.path) holds an unfinished prompt without the state of its training; start again "
          + "with --overwrite.")
    }
    do {
      try data.check(prompt, of: trainer, task)
    } catch TrainingError.promptOfAnotherRun(let difference) {
      throw UsageError(
        "\(folder.path) holds a prompt that was trained otherwise: \(difference); replace it with "
          + "--overwrite.")
    }
    console.note("The training in \(folder.path) is finished already.")
    return prompt
  }

  private func testScore(
    of prompt: Prompt, on data: TrainingFiles, model: PretrainedModel
  ) throws -> Evaluation? {
    guard data.hasTest else { return nil }
    var predictor = try Predictor(
      model: model, prompts: [("prompt", prompt)], threads: compute.threadCount,
      isPinned: compute.isPinned)
    predictor.answering = .generation
    return try data.testScore(of: "prompt", by: predictor)
  }
}
