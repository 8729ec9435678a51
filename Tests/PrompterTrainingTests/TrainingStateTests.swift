// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterCheckpoint
import PrompterTasks
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite(.namesValues) struct TrainingStateTests {
  private let bench: PromptBench
  private let state: URL

  // A training that was interrupted after seven of its twelve steps, one evaluation behind it.
  init() throws {
    bench = try PromptBench()
    state = bench.folder.appending(component: "training_state.safetensors")
    var left = 7
    let outcome = try Toy.trainer("plain", Toy.plan(.epochs(2))).train(
      task: Toy.task, training: Toy.training, validation: Toy.validation, folder: bench.folder,
      isInterrupted: {
        left -= 1
        return left == 0
      })
    #expect(outcome.wasInterrupted)
    #expect(outcome.step == 7)
  }

  @discardableResult
  private func resume<Settings: MethodSettings>(
    _ method: Settings = PTuningV2.Settings(promptLength: 6, dropout: 0), pooling: Pooling? = nil,
    training: Dataset = Toy.training, validation: Dataset? = Toy.validation,
    task: TaskDescription = Toy.task, precision: Precision = .float32,
    change: (inout TrainingPlan) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    let trainer = Trainer(
      model: try Toy.model(precision), method: method, plan: Toy.plan(.epochs(2), change: change),
      pooling: pooling)
    return try trainer.train(
      task: task, training: training, validation: validation, folder: bench.folder,
      resuming: true)
  }

  // Expects a sentence that names the file and says what differs.
  private func expectRefusal(
    _ key: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> TrainingOutcome
  ) {
    do {
      _ = try body()
      Issue.record("Another \(key) was not noticed.", sourceLocation: sourceLocation)
    } catch let error as TrainingError {
      let text = error.description
      #expect(
        text.contains("belongs to another run: its \(key) is "), "\(text)",
        sourceLocation: sourceLocation)
      #expect(text.contains(state.path(percentEncoded: false)), sourceLocation: sourceLocation)
    } catch {
      Issue.record("\(error)", sourceLocation: sourceLocation)
    }
  }

  @Test func `the state of another plan is refused with what differs`() {
    expectRefusal("learning rate") { try resume { $0.learningRate = 0.01 } }
    expectRefusal("seed") { try resume { $0.seed = 4 } }
    expectRefusal("order of examples") { try resume { $0.isShuffled = false } }
    expectRefusal("batch size") { try resume { $0.batchSize = 4 } }
    expectRefusal("duration") { try resume { $0.duration = .epochs(3) } }
    expectRefusal("schedule") { try resume { $0.schedule = .cosine } }
    expectRefusal("warm-up") { try resume { $0.warmup = 1 } }
    expectRefusal("weight decay") { try resume { $0.weightDecay = 0.1 } }
    expectRefusal("gradient norm") { try resume { $0.gradientNormLimit = nil } }
    expectRefusal("gradient accumulation") { try resume { $0.gradientAccumulation = 2 } }
    expectRefusal("evaluation") { try resume { $0.evaluation = .steps(2) } }
    expectRefusal("patience") { try resume { $0.patience = 2 } }
    expectRefusal("maximum length") { try resume { $0.maximumLength = 23 } }
    expectRefusal("backbone dropout") { try resume { $0.backboneDropout = 0.1 } }
    expectRefusal("number of threads") { try resume { $0.threads = 2 } }
  }

  @Test func `the state of another method, head or task is refused with what differs`() {
    expectRefusal("method's options") { try resume(.pTuningV2(promptLength: 6)) }
    expectRefusal("method's options") {
      try resume(.pTuningV2(promptLength: 6, layers: 0..<2, dropout: 0))
    }
    expectRefusal("method") { try resume(.headOnly) }
    expectRefusal("pooling") { try resume(pooling: .mean) }
    var task = Toy.task
    task.labels = ["good", "bad"]
    expectRefusal("labels") { try resume(task: task) }
    task = Toy.task
    task.metrics = [.macroF1, .accuracy]
    expectRefusal("choosing metric") { try resume(task: task) }
    task.metrics = [.accuracy]
    expectRefusal("metrics") { try resume(task: task) }
  }

  @Test func `the state of another precision is refused`() {
    expectRefusal("precision") { try resume(precision: .bfloat16) }
  }

  @Test func `the state of other data is refused with what differs`() {
    var fewer = Toy.training
    fewer.examples.removeLast()
    expectRefusal("training data") { try resume(training: fewer) }
    var swapped = Toy.training
    swapped.examples.swapAt(0, 1)
    expectRefusal("training data") { try resume(training: swapped) }
    expectRefusal("validation data") { try resume(validation: nil) }
    expectRefusal("validation data") { try resume(validation: Toy.dataset(30, seed: 3)) }
  }

  @Test func `what does not decide the result may change`() throws {
    #expect(try resume { $0.isPinned = true }.step == 12)
  }

  @Test func `an empty or truncated state is refused and stays where it is`() throws {
    let bytes = try Data(contentsOf: state)
    let lengths = Array(0..<16) + stride(from: 17, to: bytes.count, by: bytes.count / 40)
    try withEvery("length", in: lengths + [bytes.count - 1]) { length in
      let cut = bytes.prefix(length)
      try cut.write(to: state)
      #expect(throws: CheckpointError.self) { try resume() }
      #expect(try Data(contentsOf: state) == cut)
    }
  }

  @Test func `a state with flipped bits is refused or resumed, never more`() throws {
    let bytes = try Data(contentsOf: state)
    let header = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    var random = SeededRandom(seed: 77)
    try withEvery("flip", in: 0..<150) { _ in
      var damaged = bytes
      damaged[Int(random.next() % UInt64(header + 16))] ^= 1 << UInt8(random.next() % 8)
      try damaged.write(to: state)
      do {
        try resume()
      } catch {
        #expect(!"\(error)".isEmpty)
      }
    }
  }

  // Rewrites the state with other metadata or tensors.
  private func rewrite(
    _ change: (inout [String: String], inout [String: Tensor]) throws -> Void
  ) throws {
    let file = try SafetensorsFile(contentsOf: state)
    var metadata = file.metadata
    var tensors: [String: Tensor] = [:]
    for name in file.names { tensors[name] = try file.tensor(name) }
    try change(&metadata, &tensors)
    try SafetensorsFile.write(tensors, metadata: metadata, to: state)
  }

  private func expectUnusable(_ part: String, sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      try resume()
      Issue.record("The state was used.", sourceLocation: sourceLocation)
    } catch {
      #expect("\(error)".contains("cannot be resumed from"), sourceLocation: sourceLocation)
      #expect("\(error)".contains(part), "\(error)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: [-1, 13, .max, .min])
  func `a step outside the run is refused`(step: Int) throws {
    try rewrite { metadata, _ in
      metadata["progress"] = metadata["progress"]?.replacing("\"step\":7", with: "\"step\":\(step)")
    }
    // The evaluation in the history has a step as well, but that is of no consequence.
    expectUnusable("step \(step) of 12")
  }

  @Test func `counters at their limits do not trap`() throws {
    try rewrite { metadata, _ in
      for key in ["tokens", "examples", "lossCount", "evaluationsSinceBest"] {
        let text = metadata["progress"] ?? ""
        metadata["progress"] = text.replacing(
          try Regex("\"\(key)\":[0-9]+"), with: "\"\(key)\":\(Int.max)")
      }
    }
    #expect(throws: Never.self) { try resume() }
  }

  @Test func `a state that lacks something is refused with what it lacks`() throws {
    let bytes = try Data(contentsOf: state)
    func check(
      _ part: String, _ change: (inout [String: String], inout [String: Tensor]) -> Void
    ) throws {
      try bytes.write(to: state)
      try rewrite(change)
      expectUnusable(part)
    }
    try check("how far") { metadata, _ in metadata["progress"] = nil }
    try check("how far") { metadata, _ in metadata["progress"] = "{}" }
    try check("how far") { metadata, _ in metadata["settings"] = "[1]" }
    try check("moment is missing") { _, tensors in tensors["first.prompt"] = nil }
    try check("moment is missing") { _, tensors in tensors["parameter.head.bias"] = nil }
    try check("moment is missing") { _, tensors in
      tensors["second.prompt"] = Tensor(zeros: [6, 3])
    }
    try check("best parameters") { _, tensors in tensors["best.prompt"] = nil }
    try check("best parameters") { _, tensors in tensors["best.head.bias"] = Tensor(zeros: [3]) }
  }

  @Test func `the state of a prompt that started elsewhere is refused`() throws {
    let tokenizer = try Toy.model().tokenizer
    func train(_ start: String, resuming: Bool) throws -> TrainingOutcome {
      var left = 3
      let trainer = Trainer(
        model: try Toy.model(),
        method: .promptTuning(promptLength: 4, initialization: .text(tokenizer.ids(of: start))),
        plan: Toy.plan(.epochs(2)))
      return try trainer.train(
        task: Toy.task, training: Toy.training, folder: bench.folder, resuming: resuming,
        isInterrupted: {
          left -= 1
          return left == 0
        })
    }
    _ = try train("good", resuming: false)
    expectRefusal("start of the prompt") { try train("bad film", resuming: true) }
    #expect(try train("good", resuming: true).step == 6)
  }

  @Test func `a state of an older version, which says less, is gone on with`() throws {
    try rewrite { metadata, _ in
      let text = try #require(metadata["settings"])
      var settings = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
      for setting in ["task", "head's start", "head's learning rate"] { settings[setting] = nil }
      metadata["settings"] = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
    }
    #expect(try resume().step == 12)
  }

  @Test func `a run says in the folder that it has begun, and that can be resumed`() throws {
    let trainer = try Toy.trainer("plain", Toy.plan(.epochs(2)))
    let whole = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation)
    let copy = bench.folder.appending(component: "begun")
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
    let saved = copy.appending(component: state.lastPathComponent)
    _ = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation, folder: bench.folder
    ) {
      if case .started = $0 { try? FileManager.default.copyItem(at: state, to: saved) }
    }
    #expect(try SafetensorsFile(contentsOf: saved).names.isEmpty)
    let resumed = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation, folder: copy,
      resuming: true)
    expectSameTraining(resumed.prompt, whole.prompt)
  }

  @Test func `a run that diverged keeps its best prompt, and is not repeated`() throws {
    let trainer = try Toy.trainer(
      "plain",
      Toy.plan(.steps(300)) {
        ($0.learningRate, $0.schedule, $0.warmup) = (1e25, .constant, 3_000)
        ($0.gradientNormLimit, $0.evaluation) = (nil, .steps(1))
      })
    let folder = bench.folder.appending(component: "diverging")
    var kept: [Prompt?] = []
    func train(resuming: Bool) throws -> TrainingOutcome {
      try trainer.train(
        task: Toy.task, training: Toy.training, validation: Toy.validation, folder: folder,
        resuming: resuming, report: { if case .diverged(let best) = $0 { kept.append(best) } })
    }
    let error = #expect(throws: TrainingError.self) { try train(resuming: false) }
    guard case .notFinite(let what, let step, _, let rate) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let file = folder.appending(component: state.lastPathComponent)
    #expect(try SafetensorsFile(contentsOf: file).names.allSatisfy { $0.hasPrefix("best.") })
    let again = #expect(throws: TrainingError.self) { try train(resuming: true) }
    let path = file.path(percentEncoded: false)
    #expect(again == .diverged(file: path, what: what, step: step, rate: rate))
    let (first, second) = (try #require(kept[0]), try #require(kept[1]))
    expectSameTraining(first, second)
    #expect(first.card.unfinished?.reason == .diverged)
    #expect(first.card.unfinished?.stepCount == 300)
    try first.write(to: bench.folder.appending(component: "kept"))
  }

  @Test func `a finished prompt is compared with a training`() throws {
    let trainer = try Toy.trainer("plain", Toy.plan(.epochs(1)))
    let outcome = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation)
    try outcome.prompt.write(to: bench.prompt)
    let prompt = try Prompt(contentsOf: bench.prompt)
    #expect(prompt.card == outcome.prompt.card)
    #expect(prompt.card.unfinished == nil)
    try trainer.check(
      prompt, task: Toy.task, training: Toy.training, validation: Toy.validation)
    var fewer = Toy.training
    fewer.examples.removeLast()
    #expect(
      throws: TrainingError.promptOfAnotherRun(
        difference:
          "its training data is \(try #require(prompt.card.training).training), now it is "
          + "\(try fingerprint(of: fewer))")
    ) {
      try trainer.check(prompt, task: Toy.task, training: fewer, validation: Toy.validation)
    }
    for name in ["mlp", "layers", "dropping", "text", "head-only"] {
      #expect(throws: TrainingError.self) {
        try Toy.trainer(name, Toy.plan(.epochs(1))).check(
          prompt, task: Toy.task, training: Toy.training, validation: Toy.validation)
      }
    }
  }

  private func fingerprint(of dataset: Dataset) throws -> DataFingerprint {
    let trainer = try Toy.trainer("head-only", Toy.plan(.steps(1)))
    let outcome = try trainer.train(task: Toy.task, training: dataset)
    return try #require(outcome.prompt.card.training).training
  }

  @Test func `a state from before the first evaluation has no best parameters`() throws {
    let other = try PromptBench()
    defer { withExtendedLifetime(other) {} }
    let trainer = try Toy.trainer("plain", Toy.plan(.epochs(2)))
    var left = 2
    let interrupted = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation, folder: other.folder,
      isInterrupted: {
        left -= 1
        return left == 0
      })
    #expect(interrupted.prompt.card.best == nil)
    let file = try SafetensorsFile(
      contentsOf: other.folder.appending(component: "training_state.safetensors"))
    #expect(!file.names.contains { $0.hasPrefix("best.") })
    let resumed = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation, folder: other.folder,
      resuming: true)
    #expect(resumed.prompt.card.best != nil)
  }

  @Test func `a folder that cannot be written gives one sentence`() throws {
    let file = bench.folder.appending(component: "file")
    try Data("x".utf8).write(to: file)
    #expect(throws: (any Error).self) {
      try Toy.trainer("plain", Toy.plan(.steps(2))).train(
        task: Toy.task, training: Toy.training, folder: file)
    }
  }
}
