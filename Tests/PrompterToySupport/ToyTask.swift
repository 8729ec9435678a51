// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import PrompterCore
package import PrompterKernels
package import PrompterMethods
package import PrompterPrompts
package import PrompterTasks
internal import PrompterTensor
internal import PrompterTestSupport
internal import PrompterTokenizer
package import PrompterTraining
package import Testing

/// Opinions in the few words that the tiny BERT of the fixtures knows, easy to tell apart.
package enum Toy {
  private static let models = Result {
    try Dictionary(
      uniqueKeysWithValues: Precision.allCases.map {
        ($0, try PretrainedModel(contentsOf: folder, precision: $0))
      })
  }

  /// 3 layers of width 32, 64 positions, 120 tokens, and a pooler.
  package static let folder = PromptBench.fixture("model")

  package static func model(_ precision: Precision = .float32) throws -> PretrainedModel {
    try #require(models.get()[precision])
  }

  package static let task = TaskDescription(
    kind: .textClassification, labels: ["bad", "good"], metrics: [.accuracy, .macroF1])

  private static let filling = [
    "the", "of", "and", "to", "in", "is", "it", "was", "for", "on", "with", "this", "that", "film",
    "story", "play",
  ]
  private static let telling = [
    ["bad", "dull", "never", "worst"], ["good", "great", "fun", "best"],
    ["long", "short", "smart", "heart"],
  ]

  /// A few words, of which two tell the label.
  package static func text(
    _ label: Int, words: Int, using random: inout some RandomNumberGenerator
  ) -> String {
    var text = (0..<words).map { _ in filling[Int(random.next() % UInt64(filling.count))] }
    for _ in 0..<2 {
      let word = telling[label][Int(random.next() % 4)]
      text.insert(word, at: Int(random.next() % UInt64(text.count + 1)))
    }
    return text.joined(separator: " ")
  }

  /// Examples of every label in turn; in pairs, the second text tells.
  package static func dataset(
    _ count: Int, seed: Int, pairs: Bool = false, labels: [String] = task.labels
  ) -> Dataset {
    var random = SeededRandom(seed: seed)
    let examples = (0..<count).map { index in
      let label = index % labels.count
      let telling = text(label, words: Int(random.next() % 4), using: &random)
      return Example(
        text: pairs ? "the story was" : telling, pair: pairs ? telling : nil,
        label: labels[label], line: index + 1)
    }
    return Dataset(examples: examples, url: URL(filePath: "toy-\(seed).jsonl"))
  }

  package static let training = dataset(48, seed: 1)
  /// Enough to learn the task from.
  package static let more = dataset(96, seed: 1)
  package static let validation = dataset(30, seed: 2)

  /// Short and fast; what a test is about it changes.
  package static func plan(
    _ duration: TrainingPlan.Duration = .epochs(4), change: (inout TrainingPlan) -> Void = { _ in }
  ) -> TrainingPlan {
    var plan = TrainingPlan(
      duration: duration, batchSize: 8, learningRate: 0.02, maximumLength: 24, seed: 3,
      isPinned: false)
    change(&plan)
    return plan
  }

  /// Every method, by name.
  package static func methods() throws -> [String: any MethodSettings] {
    let tokenizer = try model().tokenizer
    let candidates = (5..<Int32(tokenizer.vocabularyCount)).map { $0 }
    var random = SeededRandom(seed: 9)
    func tuned(_ start: PromptInitialization) -> any MethodSettings {
      PromptTuning.Settings(promptLength: 5, initialization: start)
    }
    return [
      "plain": PTuningV2.Settings(promptLength: 6, dropout: 0),
      "dropping": PTuningV2.Settings(promptLength: 6, dropout: 0.2),
      "mlp": PTuningV2.Settings(promptLength: 6, reparameterization: .mlp(hidden: 16), dropout: 0),
      "layers": PTuningV2.Settings(promptLength: 6, layers: 1..<3, dropout: 0),
      "random": tuned(.random),
      "random:code": tuned(.positiveRandom),
      "vocabulary": tuned(.vocabulary(candidates: candidates)),
      "labels": tuned(.labels(task.labels.map { tokenizer.ids(of: $0) }, candidates: candidates)),
      "text": tuned(.text(tokenizer.ids(of: "good or bad film"))),
      "prompt": tuned(.prompt(random.tensor([3, 32]))),
      "head-only": HeadOnly(),
      "fine-tuning": FineTuning(),
    ]
  }

  package static func method(_ name: String) throws -> any MethodSettings {
    try #require(methods()[name])
  }

  package static func trainer(
    _ method: String, _ plan: TrainingPlan = plan(), pooling: Pooling? = nil,
    precision: Precision = .float32
  ) throws -> Trainer {
    var plan = plan
    if method == "fine-tuning" { plan.learningRate = min(plan.learningRate, 0.003) }
    return try Trainer(
      model: model(precision), method: Toy.method(method), plan: plan, pooling: pooling)
  }

  /// Trains on the toy data.
  package static func train(
    _ method: String, _ plan: TrainingPlan = plan(), on dataset: Dataset = training
  ) throws -> TrainingOutcome {
    try trainer(method, plan).train(task: task, training: dataset, validation: validation)
  }
}

extension EpochReport {
  /// The same report without what depends on the machine.
  package var timeless: EpochReport {
    EpochReport(
      epoch: epoch, step: step, loss: loss, metrics: metrics, seconds: 0, examplesPerSecond: 0,
      tokensPerSecond: 0)
  }
}

/// Records an issue unless two trainings left the same bits and tell the same story.
package func expectSameTraining(
  _ first: Prompt, _ second: Prompt, sourceLocation: SourceLocation = #_sourceLocation
) {
  let (ours, theirs) = (first.allTensors, second.allTensors)
  #expect(ours.count == theirs.count, sourceLocation: sourceLocation)
  for (a, b) in zip(ours, theirs) { expectSameBits(a, b, sourceLocation: sourceLocation) }
  #expect(
    first.card.history.map(\.timeless) == second.card.history.map(\.timeless),
    sourceLocation: sourceLocation)
  #expect(first.card.best == second.card.best, sourceLocation: sourceLocation)
}

/// The largest difference between two prompts' values.
package func largestGap(_ first: Prompt, _ second: Prompt) -> Float {
  gaps(first, second).max() ?? .infinity
}

/// The differences between all values of two prompts.
package func gaps(_ first: Prompt, _ second: Prompt) -> [Float] {
  zip(first.allTensors, second.allTensors).flatMap { zip($0.values, $1.values) }
    .map { abs($0 - $1) }
}
