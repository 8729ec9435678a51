// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCheckpoint
import PrompterMethods
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

/// Labels that a masked language model's own head is asked for.
@Suite(.namesValues) struct VerbalizerTrainingTests {
  private let bench: PromptBench
  private let model: PretrainedModel

  // The tiny BERT of the fixtures with a random head.
  init() throws {
    bench = try PromptBench()
    let folder = bench.folder.appending(component: "model")
    try FileManager.default.copyItem(at: Toy.folder, to: folder)
    let file = folder.appending(component: "model.safetensors")
    let own = try SafetensorsFile(contentsOf: file)
    var tensors = try own.names.reduce(into: [:]) { $0["bert." + $1] = try own.tensor($1) }
    var random = SeededRandom(seed: 31)
    let scope = "cls.predictions."
    tensors[scope + "bias"] = random.tensor([120])
    tensors[scope + "transform.dense.weight"] = random.tensor([32, 32])
    for name in ["transform.dense.bias", "transform.LayerNorm.weight", "transform.LayerNorm.bias"] {
      tensors[scope + name] = random.tensor([32])
    }
    try FileManager.default.removeItem(at: file)
    try SafetensorsFile.write(tensors, metadata: [:], to: file)
    model = try PretrainedModel(contentsOf: folder, precision: .float32)
  }

  private func task(trainsWords: Bool = false, words: [String] = ["bad", "good,great"]) throws
    -> TaskDescription
  {
    var task = Toy.task
    task.verbalizer = try Verbalizer(
      template: TextTemplate("{text} it is [MASK]"),
      labels: zip(Toy.task.labels, words).map {
        Verbalizer.Label($0, words: $1.split(separator: ",").map(String.init))
      }, trainsWords: trainsWords)
    return task
  }

  private func train(
    _ method: String, _ task: TaskDescription, _ plan: TrainingPlan = Toy.plan(.epochs(6))
  ) throws -> Prompt {
    try Trainer(model: model, method: Toy.method(method), plan: plan).train(
      task: task, training: Toy.training, validation: Toy.validation
    ).prompt
  }

  private func predictor(_ prompt: Prompt, threads: Int = 1) throws -> Predictor {
    try Predictor(model: model, prompts: [("p", prompt)], threads: threads, isPinned: false)
  }

  private func decoder(_ words: [String]) throws -> (weight: [Float], bias: [Float]) {
    let head = try #require(model.backbone.maskedLanguageHead)
    let ids = words.flatMap(model.tokenizer.ids).sorted()
    let (weight, bias) = head.decoder(of: ids)
    return (weight.values, bias.values)
  }

  @Test func `a head alone is the model's own, and nothing is trained`() throws {
    let prompt = try train("head-only", task(), Toy.plan(.converged))
    #expect(prompt.card.trainableParameters == 0 && prompt.card.pooling == .maskedWord)
    #expect(prompt.card.history.count == 1 && prompt.card.headFit == nil)
    let own = try decoder(["bad", "good", "great"])
    #expect(prompt.head?.weight.values == own.weight && prompt.head?.bias.values == own.bias)
    #expect(prompt.peftObstacle?.contains("words of labels") == true)

    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    #expect(read.card == prompt.card)
    let accuracy = try predictor(read).evaluate("p", on: Toy.validation).metrics["accuracy"]
    #expect(accuracy == prompt.card.best?.metrics["accuracy"])
  }

  @Test(arguments: ["plain", "layers", "random", "fine-tuning"])
  func `prompts learn under the frozen head`(method: String) throws {
    var plan = Toy.plan(.epochs(8))
    if method == "fine-tuning" { plan.learningRate = 0.003 }
    let prompt = try train(method, task(), plan)
    let losses = prompt.card.history.map(\.loss)
    // A head of random weights says little of the words; golden runs tell how training goes.
    #expect(try #require(losses.last) < 0.95 * #require(losses.first), "\(losses)")
    let own = try decoder(["bad", "good", "great"])
    #expect(prompt.head?.weight.values == own.weight && prompt.head?.bias.values == own.bias)
    try prompt.write(to: bench.prompt)
    let read = try Prompt(contentsOf: bench.prompt)
    let queries = Toy.validation.examples.map { Query($0.text) }
    #expect(
      try predictor(read, threads: 2).predict(queries) == predictor(prompt).predict(queries))
    #expect(throws: PromptError.noMaskedLanguageHead(model: "model")) {
      try read.check(against: Toy.model())
    }
  }

  @Test func `words are trained if that is asked for`() throws {
    let prompt = try train("plain", task(trainsWords: true))
    let own = try decoder(["bad", "good", "great"])
    #expect(prompt.head?.weight.values != own.weight)
    #expect(
      try prompt.card.trainableParameters
        == train("plain", task()).card.trainableParameters + own.weight.count + own.bias.count)
    expect("labels' words are trained by steps only") {
      try train("head-only", task(trainsWords: true), Toy.plan(.converged))
    }
    expect("labels' words are trained by steps only") {
      try train("plain", task(), Toy.plan(.steps(1)) { $0.headStart = .probe })
    }
  }

  @Test func `words of several pieces have as many masks`() throws {
    let words = ["dull", "goodly"]
    #expect(model.tokenizer.ids(of: "goodly").count == 2)
    let prompt = try train("plain", task(words: words), Toy.plan(.epochs(2)))
    #expect(prompt.card.task.verbalizer?.labels.map(\.tokens?[0].count) == [1, 2])
    #expect(prompt.head?.weight.shape == [3, 32])
    let long = Array(repeating: "good", count: 60).joined(separator: " ")
    let answer = try predictor(prompt).predict([Query(long)])[0]
    #expect(answer.isCut && answer.label != nil)
  }

  @Test func `a mixed batch answers each as alone`() throws {
    let plan = Toy.plan(.steps(4))
    let prompts = [
      ("words", try train("plain", task(), plan)),
      ("by input", try train("random", task(words: ["dull", "goodly"]), plan)),
      (
        "classes",
        try Trainer(model: model, method: Toy.method("layers"), plan: plan, pooling: .mean).train(
          task: Toy.task, training: Toy.training
        ).prompt
      ),
    ]
    let queries = Toy.validation.examples.flatMap { example in
      prompts.map { Query(example.text, task: $0.0) }
    }
    try expectAnswersAlone(queries, of: prompts, on: model, threads: 2)
  }

  @Test func `what cannot be asked for is refused before training`() throws {
    var other = try task()
    other.verbalizer?.labels[1].label = "fine"
    expect("the label `good` has no word") { try train("plain", other) }
    expect("has no pieces for the word `\u{4E00}`") {
      try train("plain", task(words: ["bad", "\u{4E00}"]))
    }
    expect("no masked-language-model head") {
      try Toy.trainer("plain").train(task: task(), training: Toy.training)
    }
    expect("answers single texts") {
      try predictor(train("plain", task(), Toy.plan(.steps(1)))).predict([Query("good", "bad")])
    }
  }
}
