// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterTestSupport
import PrompterToySupport
import Testing

/// The runs that are interrupted: something of everything that has a state.
private let plans: [String: (method: String, plan: TrainingPlan)] = [
  "epochs": ("plain", Toy.plan(.epochs(3))),
  "prompt and backbone dropout": ("dropping", Toy.plan(.epochs(3)) { $0.backboneDropout = 0.1 }),
  "accumulation": (
    "mlp",
    Toy.plan(.steps(13)) {
      ($0.batchSize, $0.gradientAccumulation, $0.evaluation) = (3, 3, .steps(2))
    }
  ),
  "patience": (
    "layers",
    Toy.plan(.steps(60)) {
      ($0.learningRate, $0.schedule, $0.evaluation, $0.patience) = (0.05, .constant, .steps(3), 3)
    }
  ),
  "fine-tuning": ("fine-tuning", Toy.plan(.steps(9)) { $0.backboneDropout = 0.1 }),
  "fine-tuning, few words a batch": (
    "fine-tuning",
    Toy.plan(.steps(9)) {
      ($0.batchSize, $0.gradientAccumulation, $0.threads, $0.weightDecay) = (2, 2, 2, 0.1)
      $0.evaluation = .steps(4)
    }
  ),
  "input": ("vocabulary", Toy.plan(.epochs(3)) { $0.evaluation = .steps(5) }),
  "two threads": ("dropping", Toy.plan(.steps(12)) { ($0.threads, $0.warmup) = (2, 5) }),
  "Adafactor": (
    "labels",
    Toy.plan(.epochs(3)) { ($0.optimizer, $0.weightDecay, $0.zLoss) = (.adafactor(), 1e-5, 1e-4) }
  ),
  "Adafactor with all its state": (
    "mlp",
    Toy.plan(.steps(9)) {
      var options = AdafactorOptions()
      (options.isFactored, options.leastFactoredExtent, options.beta1) = (true, 8, 0.9)
      options.startStep = 1_000
      $0.optimizer = .adafactor(options)
    }
  ),
  "bfloat16": ("layers", Toy.plan(.epochs(3)) { ($0.threads, $0.backboneDropout) = (2, 0.1) }),
  "int16": ("layers", Toy.plan(.epochs(3)) { ($0.threads, $0.backboneDropout) = (2, 0.1) }),
  "bfloat16, fine-tuning": ("fine-tuning", Toy.plan(.steps(9)) { $0.threads = 2 }),
  "bfloat16 with kept states": ("layers", Toy.plan(.steps(15)) { $0.evaluation = .steps(4) }),
  "a head that starts from a probe": (
    "dropping",
    Toy.plan(.epochs(3)) { ($0.headStart, $0.headLearningRate) = (.probe, 1e-3) }
  ),
  "a head until it has converged": ("head-only", Toy.plan(.converged)),
  "decay": ("head-only", Toy.plan(.epochs(3)) { ($0.schedule, $0.weightDecay) = (.cosine, 0.1) }),
]

@Suite(.namesValues) struct TrainerResumeTests {
  private static func trainer(_ name: String) throws -> Trainer {
    let (method, plan) = try #require(plans[name])
    let precision = Precision.allCases.first { name.hasPrefix($0.rawValue) } ?? .float32
    return try Toy.trainer(method, plan, precision: precision)
  }

  // Trains until interrupted after each of the given numbers of steps, then to the end.
  private static func train(
    _ trainer: Trainer, in folder: URL, pausingAfter pauses: [Int], validation: Dataset?
  ) throws -> TrainingOutcome {
    for (run, steps) in (pauses + [.max]).enumerated() {
      var left = steps
      let outcome = try trainer.train(
        task: Toy.task, training: Toy.training, validation: validation, folder: folder,
        resuming: run > 0,
        isInterrupted: {
          left -= 1
          return left == 0
        })
      guard outcome.wasInterrupted else { return outcome }
    }
    throw CancellationError()
  }

  @Test(arguments: plans.keys.sorted())
  func `interrupted at random and resumed, training ends with the same bits`(
    name: String
  ) throws {
    let trainer = try Self.trainer(name)
    let whole = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation)
    var random = SeededRandom(seed: name.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xffff)
    try withEvery("trial", in: 0..<3) { trial in
      let bench = try PromptBench()
      defer { withExtendedLifetime(bench) {} }
      let pauses = (0...trial).map { _ in 1 + Int(random.next() % 6) }
      let resumed = try Self.train(
        trainer, in: bench.folder, pausingAfter: pauses, validation: Toy.validation)
      #expect(resumed.step == whole.step, "\(pauses)")
      expectSameTraining(resumed.prompt, whole.prompt)
    }
  }

  @Test func `training may be interrupted after every single step`() throws {
    let trainer = try Self.trainer("accumulation")
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let whole = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation)
    let resumed = try Self.train(
      trainer, in: bench.folder, pausingAfter: Array(repeating: 1, count: 13),
      validation: Toy.validation)
    expectSameTraining(resumed.prompt, whole.prompt)
  }

  @Test func `without validation data resuming is as exact`() throws {
    let trainer = try Self.trainer("epochs")
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let whole = try trainer.train(task: Toy.task, training: Toy.training)
    let resumed = try Self.train(
      trainer, in: bench.folder, pausingAfter: [4, 5], validation: nil)
    expectSameTraining(resumed.prompt, whole.prompt)
  }

  // What a killed process leaves behind is the file of the last save, wherever it had come since.
  @Test(arguments: ["accumulation", "patience", "fine-tuning", "fine-tuning, few words a batch"])
  func `every state that was ever saved leads to the same bits`(name: String) throws {
    let trainer = try Self.trainer(name)
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let running = bench.folder.appending(component: "running")
    var copies: [URL] = []
    let whole = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation, folder: running
    ) {
      guard case .saved(let step) = $0 else { return }
      let copy = bench.folder.appending(component: "at-\(step)")
      if (try? FileManager.default.copyItem(at: running, to: copy)) != nil { copies.append(copy) }
    }
    #expect(copies.count > 1)
    try withEvery("state", in: copies) { copy in
      let resumed = try trainer.train(
        task: Toy.task, training: Toy.training, validation: Toy.validation, folder: copy,
        resuming: true)
      expectSameTraining(resumed.prompt, whole.prompt)
    }
  }

  @Test func `a resumed run says from where it goes on`() throws {
    let trainer = try Self.trainer("epochs")
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    var starts: [Int?] = []
    for resuming in [false, true] {
      var left = 5
      _ = try trainer.train(
        task: Toy.task, training: Toy.training, folder: bench.folder, resuming: resuming,
        report: { if case .started(let start) = $0 { starts.append(start.resumedStep) } },
        isInterrupted: {
          left -= 1
          return left == 0
        })
    }
    #expect(starts == [nil, 5])
  }

  @Test func `without a state, resuming starts afresh`() throws {
    let trainer = try Self.trainer("epochs")
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let whole = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation)
    let resumed = try trainer.train(
      task: Toy.task, training: Toy.training, validation: Toy.validation,
      folder: bench.folder.appending(component: "new"), resuming: true)
    expectSameTraining(resumed.prompt, whole.prompt)
  }

  @Test func `without being asked to resume, a state is not looked at`() throws {
    let trainer = try Self.trainer("epochs")
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let whole = try trainer.train(task: Toy.task, training: Toy.training)
    for _ in 0..<2 {
      let again = try trainer.train(
        task: Toy.task, training: Toy.training, folder: bench.folder)
      expectSameTraining(again.prompt, whole.prompt)
    }
  }
}
