// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import PrompterCore
internal import PrompterKernels
package import PrompterMethods
package import PrompterPrompts
package import PrompterTasks
internal import PrompterTensor
internal import PrompterTestSupport
internal import PrompterTokenizer
package import PrompterTraining
internal import Testing

/// Moods of a few words for the tiny T5 of the fixtures, which writes the mood or the first word of
/// what it reads, as a cue or a prompt tells it; see Scripts/make-text-fixtures.py.
package enum ToyTexts {
  private static let shared = Result {
    try PretrainedModel(contentsOf: folder, precision: .float32)
  }

  package static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/text", directoryHint: .isDirectory).standardizedFileURL

  /// 2 and 2 layers of width 32, keys of width 24, 96 tokens.
  package static let folder = fixtures.appending(path: "model", directoryHint: .isDirectory)

  package static func model() throws -> PretrainedModel { try shared.get() }

  package static let labels = ["bad", "good", "mixed"]

  /// The mood as a text, from the columns `text` and `label`.
  package static let task: TaskDescription = {
    var task = TaskDescription.labelsAsTexts
    task.labels = labels
    return task
  }()

  private static let filling = [
    "the", "of", "and", "to", "in", "is", "it", "was", "for", "on", "with", "this", "that", "film",
  ]
  private static let telling = [
    ["dull", "never", "worst", "poor"], ["great", "fun", "best", "smart"],
    ["long", "short", "slow", "loud"],
  ]

  /// Words of every mood in turn.
  package static func dataset(_ count: Int, seed: Int) -> TextToTextDataset {
    var random = SeededRandom(seed: seed)
    let examples = (0..<count).map { index in
      let mood = index % labels.count
      var words = (0..<Int(random.next() % 4)).map { _ in filling[Int(random.next() % 14)] }
      for _ in 0..<2 {
        words.insert(
          telling[mood][Int(random.next() % 4)], at: Int(random.next() % UInt64(words.count + 1)))
      }
      return TextToTextExample(
        input: words.joined(separator: " "), targets: [labels[mood]], line: index + 1)
    }
    return TextToTextDataset(examples: examples, url: URL(filePath: "toy-\(seed).jsonl"))
  }

  package static let training = dataset(48, seed: 1)
  package static let validation = dataset(30, seed: 2)

  package static func plan(
    _ duration: TrainingPlan.Duration = .epochs(3), change: (inout TrainingPlan) -> Void = { _ in }
  ) -> TrainingPlan {
    var plan = TrainingPlan(
      duration: duration, batchSize: 8, learningRate: 0.1, maximumLength: 24,
      maximumTargetLength: 6, seed: 3, isPinned: false)
    change(&plan)
    return plan
  }

  /// Every method that writes texts, by name.
  package static func methods() throws -> [String: any MethodSettings] {
    let tokenizer = try model().tokenizer
    func tuned(
      _ start: PromptInitialization, _ placement: PromptPlacement = .beforeText, decoder: Int = 0
    ) -> any MethodSettings {
      PromptTuning.Settings(
        promptLength: 4, initialization: start, placement: placement, decoderLength: decoder)
    }
    return [
      "input": tuned(.random),
      "end": tuned(.text(tokenizer.ids(of: "good or bad")), .beforeEnd),
      "both": tuned(.positiveRandom, decoder: 3),
      "deep": PTuningV2.Settings(promptLength: 5, dropout: 0.1),
      "upper": PTuningV2.Settings(promptLength: 5, layers: 1..<2, dropout: 0),
      "decoder": PTuningV2.Settings(promptLength: 5, dropout: 0.1, stack: .decoder),
      "upper decoder": PTuningV2.Settings(
        promptLength: 3, layers: 1..<2, dropout: 0, stack: .decoder),
      "mlp": PTuningV2.Settings(promptLength: 5, reparameterization: .mlp(hidden: 16), dropout: 0),
      "fine-tuning": FineTuning(),
    ]
  }

  package static let methodNames = [
    "both", "decoder", "deep", "end", "fine-tuning", "input", "mlp", "upper", "upper decoder",
  ]

  package static func trainer(_ name: String, _ plan: TrainingPlan = plan()) throws -> Trainer {
    var plan = plan
    if name == "fine-tuning" { plan.learningRate = 0.003 }
    let method = try #require(methods()[name])
    return Trainer(model: try model(), method: method, plan: plan)
  }

  package static func train(_ name: String, _ plan: TrainingPlan = plan()) throws -> TrainingOutcome
  {
    try trainer(name, plan).train(task: task, training: training, validation: validation)
  }

  /// A prompt of each method, trained a little.
  package static let prompts = Result {
    try methodNames.map { (name: $0, prompt: try train($0, plan(.steps(4))).prompt) }
  }
}
