// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Prompter
import PrompterJSON
import Testing

@testable import PrompterCLI

@Suite struct ParsingTests {
  private func train(_ arguments: String...) throws -> TrainCommand {
    try TrainCommand.parse(
      ["--model", "m", "--task", "sst2", "--train", "t.tsv", "--output", "o"] + arguments)
  }

  @Test func `training has the documented defaults`() throws {
    let command = try train()
    #expect(command.method.method == nil && command.method.recipe == nil)
    #expect(command.options.promptLength == nil && MethodOptions.usualLength == 20)
    #expect(command.options.pTuningV2.reparameterization == .none)
    #expect(command.plan.seed == 11)
    let plan = try plan(command)
    #expect(plan.batchSize == 32 && plan.duration == .epochs(15))
    #expect(plan.optimizer == .adamW && plan.weightDecay == 0 && plan.zLoss == 0)
    #expect(plan.schedule == .linear && plan.learningRate == 0.01)
    #expect(plan.evaluation == .epoch && plan.gradientNormLimit == 1)
    #expect(plan.maximumLength == 64 - 20 && plan.backboneDropout == 0)
    #expect(command.compute.isPinned)
    #expect(command.compute.threadCount >= 1)
    #expect(!command.target.resume && !command.target.overwrite)
    #expect(!command.console.json && !command.console.quiet)
  }

  // The plan that the options make on a backbone of 64 positions.
  private func plan(
    _ command: TrainCommand, for method: MethodName = .pTuningV2,
    _ size: TrainingSize = TrainingSize(examples: 722, labels: 10)
  ) throws -> TrainingPlan {
    let length = command.options.promptLength ?? command.method.recipe?.promptLength ?? 20
    let choice: any MethodSettings =
      switch method {
      case .promptTuning:
        PromptTuning.Settings(promptLength: min(length, 30), initialization: .random)
      case .headOnly: HeadOnly()
      case .fineTuning: FineTuning()
      default: PTuningV2.Settings(promptLength: length)
      }
    return command.plan.plan(
      for: choice,
      backbone: try PretrainedModel(contentsOf: URL(filePath: tinyModel), precision: .float32)
        .backbone,
      compute: command.compute, size: size,
      recipe: command.method.recipe)
  }

  @Test func `what is not said is chosen by the amount of data, and told`() throws {
    let size = TrainingSize(examples: 5_452, labels: 50)
    func chosen(_ method: MethodName, _ arguments: [String] = []) throws -> String? {
      let command = try TrainCommand.parse(
        ["--task", "sst2", "--model", "m", "--train", "t", "--output", "o"] + arguments)
      return command.plan.choices(
        in: try plan(command, for: method, size), size: size, recipe: command.method.recipe)
    }
    #expect(
      try chosen(.pTuningV2) == "For 5,452 examples with 50 labels: 5 epochs, a rate of 0.01.")
    #expect(
      try chosen(.fineTuning)
        == "For 5,452 examples with 50 labels: 5 epochs, a rate of 0.0001, 0.001 for the head.")
    #expect(
      try chosen(.fineTuning, ["--learning-rate", "0.1"])
        == "For 5,452 examples with 50 labels: 5 epochs.")
    #expect(
      try chosen(.headOnly, ["--steps", "9"])
        == "For 5,452 examples with 50 labels: a rate of 0.005.")
    #expect(try chosen(.headOnly) == nil)
    #expect(try chosen(.promptTuning, ["--epochs", "3", "--learning-rate", "0.1"]) == nil)
    #expect(try chosen(.promptTuning, ["--recipe", "lester"]) == nil)
    #expect(TrainingSize(examples: 1).words == "1 example")
  }

  @Test func `a rate that is given is the head's too`() throws {
    #expect(try plan(train("--learning-rate", "0.1"), for: .fineTuning).headLearningRate == nil)
    #expect(
      try plan(train("--head-learning-rate", "0.1"), for: .fineTuning).headLearningRate == 0.1)
    #expect(try plan(train(), for: .fineTuning).headLearningRate == 1e-3)
  }

  @Test func `a head alone converges unless it is told of steps`() throws {
    func duration(_ options: [String]) throws -> TrainingPlan.Duration {
      let command = try TrainCommand.parse(
        ["--task", "sst2", "--model", "m", "--train", "t", "--output", "o"] + options)
      return try plan(command, for: .headOnly).duration
    }
    #expect(try duration([]) == .converged)
    #expect(try duration(["--seed", "3", "--max-length", "20"]) == .converged)
    for options in [
      ["--learning-rate", "0.1"], ["--batch-size", "8"], ["--optimizer", "adafactor"],
      ["--patience", "2"], ["--weight-decay", "0.1"], ["--no-shuffle"],
      ["--backbone-dropout", "0.1"], ["--head-start", "probe"],
    ] {
      #expect(try duration(options) != .converged)
    }
    #expect(try duration(["--epochs", "3"]) == .epochs(3))
    #expect(try duration(["--steps", "9"]) == .steps(9))
  }

  @Test func `a recipe is a plan that other options change`() throws {
    let paper = try plan(train("--recipe", "lester"), for: .promptTuning)
    var expected = TrainingRecipe.lester.plan
    (expected.maximumLength, expected.threads) = (34, paper.threads)
    #expect(paper == expected)
    let changed = try plan(
      train(
        "--recipe", "lester-code", "--epochs", "3", "--learning-rate", "0.1", "--batch-size", "8",
        "--z-loss", "0", "--backbone-dropout", "0", "--adafactor-start", "5", "--gradient-norm",
        "2", "--weight-decay", "0.5", "--schedule", "cosine", "--max-length", "16"),
      for: .promptTuning)
    #expect(changed.duration == .epochs(3) && changed.learningRate == 0.1)
    #expect(changed.batchSize == 8 && changed.zLoss == 0 && changed.backboneDropout == 0)
    #expect(changed.gradientNormLimit == 2 && changed.weightDecay == 0.5)
    #expect(changed.schedule == .cosine && changed.maximumLength == 16)
    var options = AdafactorOptions()
    options.startStep = 5
    #expect(changed.optimizer == .adafactor(options))
    #expect(TrainingRecipe.lester.promptLength == 100)
    #expect(TrainingRecipe.lester.start == .labels)
    #expect(TrainingRecipe.lesterCode.start == .randomAsInCode)
  }

  @Test(arguments: [
    ("0", 0), ("1000", 1000), ("2k", 2048), ("512M", 512 << 20), ("2g", 2 << 30),
  ])
  func `memory is a number with a unit or without`(_ text: String, _ bytes: Int) throws {
    #expect(try train("--cache-memory", text).cache.cacheMemory == MemorySize(bytes: bytes))
  }

  @Test(arguments: ["", "G", "-1", "1.5G", "9999999999T", "2GB"])
  func `what is no amount of memory is refused`(_ text: String) {
    #expect(throws: (any Error).self) { try train("--cache-memory=\(text)") }
  }

  @Test func `every option is read`() throws {
    let command = try train(
      "--method", "prompt-tuning", "--prompt-length", "7", "--prompt-init", "text:Is it good?",
      "--steps", "90", "--batch-size", "8", "--learning-rate", "0.3", "--schedule", "cosine",
      "--warmup", "5", "--weight-decay", "0.01", "--gradient-accumulation", "2",
      "--gradient-norm", "0", "--evaluate-every", "30", "--patience", "2", "--max-length", "64",
      "--pooling", "mean", "--backbone-dropout", "0.2", "--seed", "5", "--threads", "3",
      "--no-pin", "--precision", "float32", "--limit", "100", "--field", "text=a=b", "--resume",
      "--json", "--quiet", "--validation", "v", "--test", "w")
    #expect(command.method.method == .promptTuning)
    #expect(command.start.promptInit == .text("Is it good?"))
    #expect(command.plan.steps == 90)
    #expect(command.plan.evaluateEvery == .steps(30))
    #expect(command.plan.pooling == .mean)
    #expect(command.plan.backboneDropout == 0.2)
    #expect(command.compute.threads == 3)
    #expect(!command.compute.isPinned)
    #expect(command.files.limit == 100)
    let task = try command.task.description(writes: false, method: .promptTuning)
    #expect(task.fields.text == "a=b")
  }

  @Test(arguments: [
    ("4-6", 3..<6), ("2", 1..<2), ("1-1", 0..<1),
  ])
  func `layers are counted from 1`(_ text: String, _ range: Range<Int>) throws {
    let layers = try #require(LayerRange(argument: text))
    #expect(try layers.range(layerCount: 6) == range)
  }

  @Test(arguments: ["", "0-2", "3-2", "a", "1-2-3", "-1", "1-"])
  func `other words are no layers`(_ text: String) {
    #expect(LayerRange(argument: text) == nil)
  }

  @Test func `layers that the backbone does not have are refused`() throws {
    let layers = try #require(LayerRange(argument: "4-7"))
    #expect(throws: TrainingError.layersOutOfRange(first: 4, last: 7, layerCount: 6)) {
      try layers.range(layerCount: 6)
    }
  }

  @Test(arguments: [
    ("random", PromptStart.random), ("random:code", .randomAsInCode), ("vocabulary", .vocabulary),
    ("labels", .labels),
    ("text:a:b", .text("a:b")), ("prompt:some/folder", .prompt("some/folder")),
    ("activations", .activations),
  ])
  func `starts are read`(_ text: String, _ start: PromptStart) {
    #expect(PromptStart(argument: text) == start)
  }

  @Test(arguments: ["text", "prompt:", "zeros", "random:1", ""])
  func `other words are no starts`(_ text: String) {
    #expect(PromptStart(argument: text) == nil)
  }

  @Test(arguments: [
    ("mood=prompts/sst2", "mood", "prompts/sst2"), ("prompts/sst2", "sst2", "prompts/sst2"),
    ("prompts/sst2/", "sst2", "prompts/sst2/"), ("./a=b/c", "c", "./a=b/c"),
  ])
  func `a prompt has a name and a folder`(_ text: String, _ name: String, _ path: String) throws {
    let reference = try #require(PromptReference(argument: text))
    #expect(reference.name == name)
    #expect(reference.path == path)
  }

  private static let task = TaskDescription(kind: .textClassification)

  @Test func `fields of later versions and wrong ones are refused`() throws {
    #expect(throws: UsageError.self) {
      try FieldOptions.parse(["--field", "text"]).applied(to: Self.task)
    }
    #expect(throws: UsageError.self) {
      try FieldOptions.parse(["--field", "answers=a"]).applied(to: Self.task)
    }
    let fields = try FieldOptions.parse(["--field", "pair=b", "--field", "label=c"])
      .applied(to: TaskDescription(kind: .textClassification, fields: Fields(text: "a"))).fields
    #expect(fields == Fields(text: "a", pair: "b", label: "c"))
  }

  @Test func `tasks of later versions are known by name`() throws {
    #expect(throws: UsageError.self) { try TaskOptions.parse(["--task", "causal-lm"]).check() }
    #expect(throws: UsageError.self) { try TaskOptions.parse(["--task", "nothing"]).check() }
    let rte = try TaskOptions.parse(["--task", "rte"])
    #expect(try rte.description(writes: false, method: .pTuningV2).name == "rte")
  }

  @Test func `a model that writes gets a task's texts, one that reads its labels`() throws {
    func task(_ arguments: String..., writes: Bool, method: MethodName = .promptTuning) throws
      -> TaskDescription
    {
      try TaskOptions.parse(["--task"] + arguments).description(writes: writes, method: method)
    }
    #expect(try task("sst2", writes: false).kind == .textClassification)
    #expect(try task("sst2", writes: true).text?.template.description == "sentence: {sentence}")
    // A fine-tuned model knows the task by its name, a prompt tells it.
    #expect(
      try task("sst2", writes: true, method: .fineTuning).text?.template.description
        == "sst2 sentence: {sentence}")
    #expect(try task("text-classification", writes: true).text?.readsLabels == true)
    let own = try task(
      "text-to-text", "--template", "{a} and {b}", "--field", "b=second", "--field", "target=t",
      writes: true)
    #expect(own.text?.template.columns == ["a", "b"])
    #expect(own.text?.columns == ["b": "second", "target": "t"])
    #expect(throws: UsageError.self) { try task("e2e", writes: false) }
    #expect(throws: UsageError.self) { try task("sst2", "--template", "{a}", writes: false) }
    #expect(throws: UsageError.self) { try task("sst2", "--field", "c=d", writes: true) }
  }

  @Test(arguments: [
    ["--beams", "0"], ["--beams", "9999"], ["--temperature", "0"], ["--top-p", "1.5"],
    ["--top-k", "0"], ["--max-new-tokens", "0"], ["--length-penalty", "2"],
    ["--beams", "2", "--top-k", "3"],
  ])
  func `numbers that choose no tokens are refused`(_ arguments: [String]) throws {
    let options = try AnswerOptions.parse(arguments)
    #expect(throws: UsageError.self) { try options.check() }
  }

  @Test func `patience and a metric to choose by need validation data`() throws {
    for arguments in [["--patience", "2"], ["--select", "accuracy"]] {
      let options = try PlanOptions.parse(arguments)
      try options.check(hasValidation: true)
      #expect(
        throws: UsageError("\(arguments[0]) goes by validation scores; add --validation.")
      ) { try options.check(hasValidation: false) }
    }
    try PlanOptions.parse([]).check(hasValidation: false)
  }

  @Test func `a metric to choose by is one of the task's`() throws {
    let task = TaskDescription(kind: .textClassification, metrics: [.accuracy, .macroF1])
    #expect(try PlanOptions.parse([]).selecting(in: task) == task)
    let chosen = try PlanOptions.parse(["--select", "f1_macro"]).selecting(in: task)
    #expect(chosen.selectingMetric == "f1_macro")
    #expect(
      throws: UsageError(
        "--select knows accuracy, f1_macro, f1, matthews_correlation for the task "
          + "text-classification, not `matthews`; did you mean `matthews_correlation`?")
    ) { try PlanOptions.parse(["--select", "matthews"]).selecting(in: task) }
  }

  @Test(arguments: [
    ["--epochs", "0"], ["--batch-size", "-3"], ["--learning-rate", "nan"], ["--warmup", "-1"],
    ["--backbone-dropout", "1"], ["--patience", "0"], ["--gradient-norm", "-1"],
    ["--z-loss", "-1"], ["--weight-decay", "nan"], ["--adafactor-start", "3"],
  ])
  func `numbers that make no plan are refused`(_ arguments: [String]) throws {
    // A value with a sign follows its option directly.
    let joined = [arguments[0] + "=" + arguments[1]]
    let options = try PlanOptions.parse(joined)
    #expect(throws: UsageError.self) { try options.check() }
  }

  @Test func `words for prompts to start from are whole and in order`() {
    let words = WordList().wordCandidates()
    #expect(words == [3, 5])
  }
}

/// A tokenizer that knows pieces and nothing else.
private struct WordList: Tokenizer {
  let pieces = ["[CLS]", "[unused1]", "##ing", "the", "a", "be", "12", "!", "ab"]
  var vocabularyCount: Int { pieces.count }
  var specialIDs: Set<Int32> { [0, 8] }
  func encode(_ text: String, pair: String?, maximumLength: Int) -> Encoding {
    Encoding(ids: [], segments: [], words: [], offsets: [])
  }
  func ids(of text: String) -> [Int32] { [] }
  func piece(of id: Int32) -> String? { pieces[Int(id)] }
  func id(of piece: String) -> Int32? { pieces.firstIndex(of: piece).map { Int32($0) } }
}
