// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTasks
import PrompterTestSupport
import PrompterToySupport

/// Data of kinds of task that read more than one state, in words that the tiny BERT knows, some of
/// them in several pieces.
enum ToyWords {
  private static let words = [
    "plus": ["good", "great", "best", "goodly"], "minus": ["bad", "dull", "worst", "badly"],
    "none": ["the", "film", "was", "playing", "story", "filmed", "it"],
  ]

  private static func word(_ tag: String, _ random: inout SeededRandom) -> String {
    let words = words[tag] ?? []
    return words[Int(random.next() % UInt64(words.count))]
  }

  /// Texts of one to seven words with their tags.
  static func tagged(_ count: Int, seed: Int) -> Dataset {
    var random = SeededRandom(seed: seed)
    let examples = (1...count).map { line in
      let tags = (0...Int(random.next() % 7)).map { _ in
        ["minus", "none", "none", "plus"][Int(random.next() % 4)]
      }
      return Example(
        text: tags.map { word($0, &random) }.joined(separator: " "),
        label: tags.joined(separator: " "), line: line)
    }
    return Dataset(examples: examples, url: URL(filePath: "tagged-\(seed).jsonl"))
  }

  /// Questions with two to four choices, of which the right one is praise.
  static func choices(_ count: Int, seed: Int) -> ChoiceSet {
    var random = SeededRandom(seed: seed)
    let examples = (1...count).map { line in
      var choices = (0...Int(random.next() % 3)).map { index in
        "\(word(index == 0 ? "minus" : "none", &random)) film"
      }
      let right = "\(word("plus", &random)) story"
      let place = Int(random.next() % UInt64(choices.count + 1))
      choices.insert(right, at: place)
      return ChoiceExample(text: "it was a", choices: choices, right: [place], line: line)
    }
    return ChoiceSet(examples: examples, url: URL(filePath: "choices-\(seed).jsonl"))
  }

  /// Texts of which two words are marked, the first of them praise or blame, that one being after
  /// the other as often as before it.
  static func spanPairs(_ count: Int, seed: Int) -> SpanPairSet {
    var random = SeededRandom(seed: seed)
    let examples = (1...count).map { line in
      let label = ["minus", "plus"][Int(random.next() % 2)]
      let other = ["minus", "plus"][Int(random.next() % 2)]
      let (told, distracting) = (word(label, &random), word(other, &random))
      let isFirst = random.next() % 2 == 0
      let (before, after) = isFirst ? (told, distracting) : (distracting, told)
      let text = "the \(before) film was \(after)"
      let end = text.unicodeScalars.count
      let spans = [4..<4 + before.count, end - after.count..<end]
      return SpanPairExample(
        text: text, spans: isFirst ? spans : spans.reversed(), label: label, line: line)
    }
    return SpanPairSet(examples: examples, url: URL(filePath: "spans-\(seed).jsonl"))
  }

  static let tagging = TaskDescription(kind: WordTagging.name, metrics: [WordTagging.accuracy])
  static let choosing = TaskDescription(kind: .multipleChoice)
  static let comparing = TaskDescription(kind: .spanPairClassification)

  /// Runs with the kind that only tests know in the list.
  static func added<Result>(_ body: () throws -> Result) rethrows -> Result {
    try TaskKinds.$all.withValue(TaskKinds.all + [WordTagging.self], operation: body)
  }

  /// A prompt that has learnt to tag.
  static func tagger(
    _ method: String, _ plan: TrainingPlan = Toy.plan(.epochs(12)), pooling: Pooling? = nil,
    cacheMemory: Int = 1 << 20
  ) throws -> Prompt {
    try trainer(method, plan, pooling, cacheMemory).train(
      task: tagging, training: tagged(64, seed: 1), validation: tagged(24, seed: 2)
    ).prompt
  }

  /// A prompt that has learnt to choose.
  static func chooser(
    _ method: String, _ plan: TrainingPlan = Toy.plan(.epochs(12)), pooling: Pooling? = nil,
    cacheMemory: Int = 1 << 20
  ) throws -> Prompt {
    try trainer(method, plan, pooling, cacheMemory).train(
      task: choosing, training: choices(64, seed: 1), validation: choices(24, seed: 2)
    ).prompt
  }

  /// A prompt that has learnt to tell marked words apart.
  static func comparer(
    _ method: String, _ plan: TrainingPlan = Toy.plan(.epochs(12)), pooling: Pooling? = nil,
    cacheMemory: Int = 1 << 20
  ) throws -> Prompt {
    try trainer(method, plan, pooling, cacheMemory).train(
      task: comparing, training: spanPairs(64, seed: 1), validation: spanPairs(24, seed: 2)
    ).prompt
  }

  private static func trainer(
    _ method: String, _ plan: TrainingPlan, _ pooling: Pooling?, _ cacheMemory: Int
  ) throws -> Trainer {
    var plan = plan
    if method == "fine-tuning" { plan.learningRate = 0.003 }
    return Trainer(
      model: try Toy.model(), method: try Toy.method(method), plan: plan, pooling: pooling,
      cacheMemory: cacheMemory)
  }

  /// A predictor of one prompt.
  static func predictor(_ prompt: Prompt, threads: Int = 1) throws -> Predictor {
    try Predictor(
      model: Toy.model(), prompts: [("p", prompt)], threads: threads, isPinned: false)
  }
}
