// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCheckpoint
import PrompterCore
import PrompterMethods
import PrompterTasks
import PrompterTensor
import PrompterToySupport
import Testing

@Suite struct TrainingErrorTests {
  // What training says of a plan that it cannot carry out.
  private func sentence<Settings: MethodSettings>(
    _ method: Settings = PTuningV2.Settings(promptLength: 6), model: PretrainedModel? = nil,
    pooling: Pooling? = nil, task: TaskDescription = Toy.task, training: Dataset = Toy.training,
    change: (inout TrainingPlan) -> Void = { _ in }
  ) -> String {
    do {
      let trainer = Trainer(
        model: try model ?? Toy.model(), method: method, plan: Toy.plan(change: change),
        pooling: pooling)
      _ = try trainer.train(task: task, training: training, validation: Toy.validation)
      return "trained"
    } catch {
      return "\(error)"
    }
  }

  @Test func `counts that are not positive are refused by name`() {
    let changes: [(String, (inout TrainingPlan) -> Void)] = [
      ("batch size", { $0.batchSize = 0 }),
      ("gradient accumulation", { $0.gradientAccumulation = 0 }),
      ("number of threads", { $0.threads = 0 }),
      ("number of epochs", { $0.duration = .epochs(0) }),
      ("number of steps", { $0.duration = .steps(0) }),
      ("patience", { $0.patience = 0 }),
      ("steps between evaluations", { $0.evaluation = .steps(0) }),
      ("maximum length", { $0.maximumLength = 0 }),
    ]
    for (name, change) in changes {
      #expect(sentence(change: change) == "The \(name) must be at least 1, not 0.")
    }
    #expect(
      sentence(.pTuningV2(promptLength: -3)) == "The prompt length must be at least 1, not -3.")
    #expect(
      sentence(.promptTuning(promptLength: 0, initialization: .random))
        == "The prompt length must be at least 1, not 0.")
  }

  @Test func `patience without validation data is refused`() throws {
    let trainer = try Toy.trainer("head-only", Toy.plan { $0.patience = 2 })
    #expect(throws: TrainingError.needsValidation(option: "patience")) {
      try trainer.train(task: Toy.task, training: Toy.training)
    }
    #expect(
      "\(TrainingError.needsValidation(option: "patience"))"
        == "The patience needs validation data: without scores no evaluation is better than another."
    )
  }

  @Test func `options of Adafactor that are no numbers for it are refused by name`() {
    let changes: [(String, (inout AdafactorOptions) -> Void)] = [
      ("decay exponent of Adafactor must be a number above 0, not 0.0", { $0.decayExponent = 0 }),
      ("first step of Adafactor must be at least 0", { $0.startStep = -1 }),
      ("clipping of Adafactor must be a number above 0", { $0.clippingThreshold = .nan }),
      ("momentum of Adafactor must be at least 0 and below 1, not 1.0", { $0.beta1 = 1 }),
      ("first epsilon of Adafactor", { $0.epsilon1 = 0 }),
      ("second epsilon of Adafactor", { $0.epsilon2 = -.infinity }),
      ("least factored extent of Adafactor", { $0.leastFactoredExtent = 0 }),
    ]
    for (words, change) in changes {
      var options = AdafactorOptions()
      change(&options)
      let found = sentence { $0.optimizer = .adafactor(options) }
      #expect(found.contains(words))
    }
    #expect(sentence { $0.zLoss = -1 }.contains("z-loss must be a number of at least 0"))
  }

  @Test func `counts too large to multiply are refused`() {
    let largest = 1 << 30
    for change: (inout TrainingPlan) -> Void in [
      { $0.batchSize = .max }, { $0.gradientAccumulation = .max }, { $0.duration = .epochs(.max) },
      { $0.warmup = .max },
    ] {
      #expect(sentence(change: change).hasSuffix("must be at most \(largest), not \(Int.max)."))
    }
    #expect(
      sentence { $0.threads = 5000 } == "The number of threads must be at most 1024, not 5000.")
    #expect(sentence { $0.batchSize = 1 << 30 } == "trained")
  }

  @Test func `numbers that make no sense are refused by name`() {
    #expect(
      sentence { $0.learningRate = .nan }
        == "The learning rate must be a number of at least 0, not nan.")
    #expect(
      sentence { $0.weightDecay = -1 }
        == "The weight decay must be a number of at least 0, not -1.0.")
    #expect(
      sentence { $0.gradientNormLimit = -1 }
        == "The limit of the gradient norm must be a number of at least 0, not -1.0.")
    #expect(
      sentence { $0.backboneDropout = 1 }
        == "The backbone dropout must be at least 0 and below 1, not 1.0.")
    #expect(
      sentence(.pTuningV2(promptLength: 4, dropout: .nan))
        == "The prompt dropout must be at least 0 and below 1, not nan.")
  }

  @Test func `what does not fit the positions is refused`() {
    #expect(
      sentence(.pTuningV2(promptLength: 62))
        == "A prompt of 62 virtual tokens leaves no room for text: the backbone has 64 positions.")
    #expect(
      sentence(.promptTuning(promptLength: .max, initialization: .random)).contains("at most"))
    #expect(
      sentence(.pTuningV2(promptLength: 41))
        == "Texts of 24 tokens do not fit: the backbone has 64 positions, of which the prompt "
        + "takes 41; at most 23 are left.")
    #expect(sentence(.pTuningV2(promptLength: 40)) == "trained")
  }

  @Test func `layers that do not exist are refused`() {
    for (layers, said) in [(1..<4, "2-4"), (-1..<2, "0-2"), (5..<9, "6-9")] {
      #expect(
        sentence(.pTuningV2(promptLength: 4, layers: layers))
          == "Layers \(said) were asked for; the backbone has layers 1-3.")
    }
    #expect(sentence(.pTuningV2(promptLength: 4, layers: 2..<2)).hasPrefix("Layers"))
  }

  @Test func `starts that are empty or of another shape are refused`() {
    func start(_ initialization: PromptInitialization) -> String {
      sentence(.promptTuning(promptLength: 4, initialization: initialization))
    }
    #expect(start(.text([])) == "The prompt cannot start from the text given: it has no tokens.")
    #expect(start(.vocabulary(candidates: [])).contains("the vocabulary given"))
    #expect(start(.labels([[5], []], candidates: [])).contains("the labels given"))
    #expect(start(.labels([[5], [6], [7], [8]], candidates: [])) == "trained")
    #expect(start(.prompt(Tensor(zeros: [4, 31]))).contains("the prompt given"))
    for folded in [
      FoldedPrompt(), FoldedPrompt(input: Tensor(zeros: [4, 32])),
      FoldedPrompt(deep: .init(table: Tensor(zeros: [4, 2 * 2 * 32]), layers: 0..<2)),
    ] {
      #expect(
        sentence(.pTuningV2(start: folded))
          == "The prompt to start from must be a P-Tuning v2 prompt over 3 layers of width 32, "
          + "not one of another shape.")
    }
  }

  @Test func `data that leave nothing to learn are refused`() {
    var task = Toy.task
    #expect(
      sentence(training: Toy.dataset(0, seed: 1))
        == "toy-1.jsonl holds no labels; at least two are needed.")
    task.labels = []
    #expect(
      sentence(task: task, training: Toy.dataset(4, seed: 1, labels: ["so"]))
        == "toy-1.jsonl: all examples have the label `so`; at least two labels are needed.")
    task.labels = ["bad", "worse"]
    #expect(sentence(task: task).contains("good"))
    task.labels = ["bad", "good", "bad"]
    #expect(sentence(task: task).contains("bad"))
  }

  @Test func `a pooler that the checkpoint lacks is refused`() throws {
    let copy = try Self.copy { weights in
      for name in weights.keys where name.contains("pooler") { weights[name] = nil }
    }
    defer { withExtendedLifetime(copy) {} }
    #expect(copy.model.defaultPooling == .cls)
    #expect(
      sentence(model: copy.model, pooling: .pooler)
        == "The model copy has no pooler; choose another pooling.")
    #expect(sentence(model: copy.model) == "trained")
  }

  @Test func `a rate at which training explodes is named with its step`() {
    let text = sentence(.fineTuning) {
      ($0.learningRate, $0.gradientNormLimit, $0.schedule) = (1e30, nil, .constant)
    }
    #expect(text.contains("is not a finite number at step "), "\(text)")
    #expect(text.contains("(epoch 1, learning rate 1e+30); try a lower learning rate."), "\(text)")
  }

  @Test func `a last step that explodes leaves no prompt`() {
    let text = sentence(.headOnly) {
      ($0.learningRate, $0.duration, $0.schedule) = (1e300, .steps(1), .constant)
    }
    #expect(text.hasPrefix("The trained parameter is not a finite number at step 1 "), "\(text)")
  }

  @Test func `an infinite weight is named with its place before anything is trained`() throws {
    let error = #expect(throws: (any Error).self) {
      _ = try Self.copy { weights in
        guard let name = weights.keys.first(where: { $0.hasSuffix("2.output.LayerNorm.weight") }),
          let tensor = weights[name]
        else { return }
        var values = tensor.values
        values[3] = .infinity
        weights[name] = Tensor(values, shape: tensor.shape)
      }
    }
    let text = "\(try #require(error))"
    #expect(text.contains("2.output.LayerNorm.weight` in "), "\(text)")
    #expect(text.hasSuffix(" holds inf at place 3; all weights should be finite."), "\(text)")
  }

  // The tiny BERT with other weights, in a folder that lives as long as the first element.
  private static func copy(
    _ change: (inout [String: Tensor]) -> Void
  ) throws -> (bench: PromptBench, model: PretrainedModel) {
    let bench = try PromptBench()
    let folder = bench.folder.appending(component: "copy")
    try FileManager.default.copyItem(at: Toy.folder, to: folder)
    let file = folder.appending(component: "model.safetensors")
    let original = try SafetensorsFile(contentsOf: file)
    var weights: [String: Tensor] = [:]
    for name in original.names { weights[name] = try original.tensor(name) }
    change(&weights)
    try SafetensorsFile.write(weights, metadata: original.metadata, to: file)
    return (bench, try PretrainedModel(contentsOf: folder, precision: .float32))
  }
}
