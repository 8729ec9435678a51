// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON
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
        \(MethodOptions.examples)

      Data files end in .jsonl, .json, .tsv, .csv or .txt, or are what they begin like. After \
      ctrl-C, or worse, the same command with --resume goes on where it was.
      """)

  @OptionGroup(title: "Model and task") var model: ModelOptions
  @OptionGroup(title: "Model and task") var task: TaskOptions
  @OptionGroup(title: "Data") var files: TrainingFileOptions
  @OptionGroup(title: "Data") var labels: LabelMapOptions
  @OptionGroup(title: "Method") var method: MethodSelection
  @OptionGroup(title: "Method") var options: MethodOptions
  @OptionGroup(title: "Method") var start: PromptStartOptions
  @OptionGroup(title: "Training plan") var plan: PlanOptions
  @OptionGroup(title: "Computation") var compute: ComputeOptions
  @OptionGroup(title: "Computation") var cache: CacheOptions
  @OptionGroup(title: "Output") var target: TrainingTargetOptions
  @OptionGroup(title: "Output") var console: OutputOptions

  @Option(
    help: ArgumentHelp(
      "A JSON object with values for these options, as in {\"epochs\": 10}. What stands on the "
        + "command line counts instead.", valueName: "file"), completion: .file())
  var config: String?

  func run() throws {
    let settings = try check()
    let folder = OutputFolder(target.output)
    try folder.prepared(
      resuming: target.resume, overwriting: target.overwrite, isForParts: files.folds != nil,
      console
    ) {
      try run(settings, into: folder)
    }
  }

  private func run(_ settings: any MethodSettings.Type, into folder: OutputFolder) throws {
    let modelFolder = try model.folder(console)
    let task = try plan.selecting(
      in: task.description(
        writes: ModelFamilies.configuration(from: ModelFolder(modelFolder)).writesTexts,
        method: settings.name))
    if method.peftCompatible, task.isWritten, let obstacle = settings.peftTextObstacle {
      throw UsageError(
        "--peft-compatible does not apply to \(settings.name.rawValue) of a model that writes: "
          + "\(obstacle).")
    }
    try run(settings, kind: task.asked(), modelFolder, into: folder)
  }

  private func run<Kind: TaskKind>(
    _ settings: any MethodSettings.Type, kind: Kind, _ modelFolder: URL,
    into folder: OutputFolder
  ) throws {
    let source = DataSource(
      kind: kind, form: files.written.form, labelMap: try labels.map(), console: console)
    var data = try TrainingFiles(files, source, seed: plan.seed)
    if self.task.labels != nil { data.namedLabels = kind.task.labels }
    let model = try PretrainedModel(
      contentsOf: modelFolder, precision: compute.precision(console))
    for note in model.notes { console.note(note) }
    let task = kind.task
    let choice = try options.settings(
      of: settings, start: start.promptInit,
      in: MethodSetting(model: model, labels: data.startLabels, recipe: method.recipe))
    let trainer = Trainer(
      model: model, method: choice,
      plan: plan.plan(
        for: choice, backbone: model.backbone, compute: compute, size: data.size,
        recipe: method.recipe),
      pooling: plan.pooling ?? (method.peftCompatible && !task.isWritten ? .firstSlot : nil),
      cacheMemory: cache.cacheMemory.bytes)
    if !(target.resume && folder.isFinished),
      let choices = plan.choices(in: trainer.plan, size: data.size, recipe: method.recipe)
    {
      console.note(choices)
    }
    if let count = files.folds {
      // Also those labels that the training data of one part lack.
      let folds = try data.folds(count, files, source, seed: plan.seed)
      return try crossValidate(folds, trainer, data.kind.task, in: folder)
    }
    let single = try summary(of: trainer, task, data, in: folder)
    try Output.write(console.json ? single.json.line : single.table.text)
  }

  /// Trains a prompt, or takes the one that is there already, and scores it.
  func summary(
    of trainer: Trainer, _ task: TaskDescription, _ data: TrainingFiles<some TaskKind>,
    in folder: OutputFolder
  ) throws -> TrainingSummary {
    let (prompt, seconds, warnings, longTexts) =
      target.resume && folder.isFinished
      ? (try finished(trainer, task, data, in: folder), 0, [], LongTextCounts())
      : try trained(trainer, task, data, folder)
    return TrainingSummary(
      prompt: prompt, seconds: seconds, model: model.model, threads: compute.threadCount,
      output: folder.path, test: try testScore(of: prompt, on: data, model: trainer.model),
      warnings: warnings, longTexts: longTexts)
  }

  /// Refuses wrong usage, before anything is read.
  private func check() throws -> any MethodSettings.Type {
    try compute.check()
    try task.check()
    let settings = try method.checked()
    try start.check()
    try options.check(for: settings, start: start.promptInit)
    try plan.check(method.recipe, hasValidation: files.hasValidation)
    try files.check()
    if method.peftCompatible, settings.peftTypes.isEmpty {
      throw UsageError("--peft-compatible does not apply to \(settings.name.rawValue).")
    }
    if method.peftCompatible, options.isSettledByPEFT || plan.pooling != nil {
      throw UsageError(
        "--peft-compatible settles layers, placement and pooling; leave out --prompt-layers, "
          + "--prompt-placement and --pooling.")
    }
    return settings
  }

  private func trained(
    _ trainer: Trainer, _ task: TaskDescription, _ data: TrainingFiles<some TaskKind>,
    _ folder: OutputFolder
  ) throws -> (Prompt, seconds: Double, warnings: [String], longTexts: LongTextCounts) {
    let monitor = TrainingMonitor(
      metric: data.kind.task.selectingMetric, isQuiet: console.quiet, isLive: Output.isTerminal,
      width: Output.width)
    var warnings = data.warnings.map(\.description)
    warnings.forEach(console.note)
    ProcessStatus.catchInterrupts()
    defer { monitor.finish() }
    let outcome: TrainingOutcome
    var (best, longTexts) = (Prompt?.none, LongTextCounts())
    do {
      outcome = try data.train(
        trainer, task, folder: folder.url, resuming: target.resume
      ) { event in
        if case .diverged(let prompt) = event { best = prompt }
        if case .started(let start) = event {
          warnings += start.warnings.map(\.description)
          longTexts = start.longTexts
        }
        monitor.note(event)
      }
    } catch let error as TrainingError {
      guard let best, let epoch = best.card.best?.epoch else { throw error }
      try write(best, of: trainer, to: folder, overwriting: true)
      throw DivergedTraining(cause: error, folder: folder.path, epoch: epoch)
    }
    monitor.finish()
    if let rise = outcome.lossRise {
      console.note("\(rise)")
      warnings.append("\(rise)")
    }
    guard !outcome.wasInterrupted else { throw try interruption(outcome, of: trainer, folder) }
    try write(
      outcome.prompt, of: trainer, to: folder, overwriting: target.overwrite || target.resume)
    try folder.removeState()
    return (outcome.prompt, outcome.seconds, warnings, longTexts)
  }

  /// Writes a prompt that says how to train it again.
  private func write(
    _ prompt: Prompt, of trainer: Trainer, to folder: OutputFolder, overwriting: Bool
  ) throws {
    var prompt = prompt
    let arguments = PrompterCommand.arguments
    if let name = arguments.first, let command = try CommandDescription.command(name) {
      prompt.card.options =
        RecordedOptions(
          arguments: Array(arguments.dropFirst()), of: command,
          resolved: [
            ("precision", trainer.precision.rawValue), ("threads", "\(compute.threadCount)"),
          ]
        ).words
    }
    try prompt.write(to: folder.url, overwriting: overwriting)
  }

  // What there is of a prompt by now can be used, though the training is not over.
  private func interruption(
    _ outcome: TrainingOutcome, of trainer: Trainer, _ folder: OutputFolder
  ) throws -> Interruption {
    let best = outcome.prompt.card.best
    // A prompt from before that is about to be replaced is worth more than one without a score.
    if best == nil, target.overwrite {
      return Interruption("Interrupted at step \(outcome.step); go on with --resume.")
    }
    try write(outcome.prompt, of: trainer, to: folder, overwriting: true)
    let what =
      best.map { "the best prompt so far, of epoch \(Text.fixed($0.epoch, 1))" }
      ?? "the prompt of this step, before any evaluation"
    return Interruption(
      "Interrupted at step \(outcome.step): \(folder.path) holds \(what), marked as unfinished; go "
        + "on with --resume.")
  }

  /// The prompt of a training that was not interrupted after all: resuming twice does no harm.
  private func finished(
    _ trainer: Trainer, _ task: TaskDescription, _ data: TrainingFiles<some TaskKind>,
    in folder: OutputFolder
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
    of prompt: Prompt, on data: TrainingFiles<some TaskKind>, model: PretrainedModel
  ) throws -> Evaluation? {
    guard data.test != nil else { return nil }
    var predictor = try Predictor(
      model: model, prompts: [("prompt", prompt)], threads: compute.threadCount,
      isPinned: compute.isPinned)
    predictor.answering = .generation
    return try data.testScore(of: "prompt", by: predictor)
  }
}
