// SPDX-License-Identifier: Apache-2.0

import Prompter
import PrompterCore
import PrompterTestSupport
import PrompterToySupport
import Testing

@testable import PrompterTasks

/// Several tasks asked about one text share what is computed below their prompts, and nobody can
/// tell.
@Suite(.namesValues) struct OneTextManyTasksTests {
  private static let prompts = Result { try trained() }

  private static func trained() throws -> [(name: String, prompt: Prompt)] {
    func prompt(_ method: some MethodSettings, _ pooling: Pooling) throws -> Prompt {
      let trainer = Trainer(
        model: try Toy.model(), method: method,
        plan: Toy.plan(.steps(6)) { $0.learningRate = 0.05 }, pooling: pooling)
      return try trainer.train(task: Toy.task, training: Toy.dataset(30, seed: 2)).prompt
    }
    return [
      ("two on top", try prompt(.pTuningV2(promptLength: 3, layers: 1..<3), .mean)),
      ("head", try prompt(.headOnly, .mean)),
      ("top", try prompt(.pTuningV2(promptLength: 5, layers: 2..<3), .cls)),
      ("pooled head", try prompt(.headOnly, .pooler)),
      ("all layers", try prompt(.pTuningV2(promptLength: 4), .cls)),
      (
        "before the text", try prompt(.promptTuning(promptLength: 2, initialization: .random), .cls)
      ),
    ]
  }

  private static let texts = [
    "the story was fun", "", "a dull film with no end", "fun", "the story was fun",
  ]

  // With the first four a text's lowest layer is shared, with all of them none is.
  @Test(arguments: [1, 2], [2, 4, 6])
  func `each task answers as alone, to the bit`(threads: Int, tasks: Int) throws {
    let prompts = try Array(Self.prompts.get().prefix(tasks))
    let predictor = try Predictor(
      model: Toy.model(), prompts: prompts, threads: threads, isPinned: false)
    let queries = Self.texts.flatMap { text in
      prompts.map { Query(text, task: $0.name) }
    }
    let together = try predictor.predict(prepared: predictor.prepared(queries))
    for (query, answer) in zip(queries, together) {
      #expect(try predictor.predict([query]) == [answer])
    }
  }

  // A prompt in all layers between others parts what they share, and a unit has an end.
  @Test func `tasks in any order answer as alone, to the bit`() throws {
    let prompts = try Self.prompts.get()
    let predictor = try Predictor(model: Toy.model(), prompts: prompts)
    let names = ["two on top", "all layers", "head", "top", "before the text", "pooled head"]
    let queries = Self.texts.flatMap { text in
      (names + Array(repeating: "top", count: 70)).map { Query(text, task: $0) }
    }
    let alone = try names.map { name in
      try Self.texts.map { try predictor.predict([Query($0, task: name)])[0] }
    }
    for (place, answer) in try predictor.predict(queries).enumerated() {
      let name = try #require(names.firstIndex(of: answer.task))
      #expect(answer == alone[name][place / (names.count + 70)])
    }
  }

  @Test func `a prompt in upper layers leaves the text's positions as they are`() throws {
    let prompts = try Self.prompts.get()
    let upper = try #require(prompts.first { $0.name == "top" }).prompt
    #expect(upper.card.firstPosition == 0 && upper.folded.occupiedPositions == 0)
    let all = try #require(prompts.first { $0.name == "all layers" }).prompt
    #expect(all.card.firstPosition == nil && all.folded.occupiedPositions == 4)
  }

  @Test func `a text that is asked about twice is tokenized once`() {
    let memo = TextMemo()
    var made = 0
    func encoding(_ text: String, _ length: Int = 8) {
      _ = memo.encoding(of: TextMemo.Key(text: text, pair: nil, maximumLength: length)) {
        made += 1
        return Encoding(ids: [1], segments: [0], words: [nil], offsets: [0..<0])
      }
    }
    for text in ["a", "a", "b", "b", "a"] { encoding(text) }
    encoding("a", 4)
    #expect(made == 4)
  }
}
