// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// What transformers' `generate` writes, and what must hold of whatever is written.
@Suite struct T5GenerationTests {
  private static let searches: [(name: String, search: BeamSearch)] = [
    ("plain", BeamSearch(width: 4)),
    ("eager", BeamSearch(width: 4, lengthPenalty: 0.6, ending: .full)),
    ("patient", BeamSearch(width: 4, lengthPenalty: 2, ending: .certain)),
  ]

  private func texts(
    _ golden: TinyT5, _ strategy: DecodingStrategy, prompt: FoldedPrompt = FoldedPrompt(),
    length: Int = 24
  ) throws -> [GeneratedText] {
    golden.model.texts(
      for: try golden.batch(virtualTokens: prompt.inputLength), prompts: golden.state(prompt),
      by: Generator(strategy, maximumLength: length))
  }

  // As the fixtures have it, with the end token.
  private func tokens(_ texts: [GeneratedText]) -> [[Int32]] {
    texts.map { $0.tokens + ($0.hasEnded ? [1] : []) }
  }

  @Test(arguments: TinyT5.names, ["none", "input"])
  func `greedy texts are transformers'`(name: String, prompt: String) throws {
    let golden = try TinyT5(name)
    let found = try texts(golden, .greedy, prompt: golden.prompt(input: prompt == "input"))
    try #expect(tokens(found) == golden.lists("greedy." + prompt))
  }

  @Test(arguments: TinyT5.names, ["none", "input"])
  func `a beam search's texts and scores are transformers'`(name: String, prompt: String) throws {
    let golden = try TinyT5(name)
    for (kind, search) in Self.searches {
      let found = try texts(golden, .beam(search), prompt: golden.prompt(input: prompt == "input"))
      try #expect(tokens(found) == golden.lists("beam.\(prompt).\(kind)"), "\(kind)")
      let scores = try golden.values("beam.\(prompt).\(kind).scores")
      #expect(gap(found.map(\.score), scores) < 1e-4, "\(kind)")
    }
  }

  @Test(arguments: TinyT5.names)
  func `a token at a time gives the logits of all at once`(name: String) throws {
    let golden = try TinyT5(name)
    let state = golden.state(try golden.prompt(input: true, decoder: true))
    let batch = try golden.batch(virtualTokens: 5)
    let whole = try golden.targets(virtualTokens: 3)
    let expected = try golden.logits(state).value.rowValues
    // All rows begin; then each goes on as long as its target has tokens.
    let begun = TargetBatch(
      whole.sources.map { TargetRow(ids: [-1, -2, -3, 0], source: $0) })
    let decoder = golden.model.decoding(
      of: begun, after: batch, prompts: state)
    let targets = try golden.lists("targets")
    var live = Array(targets.indices)
    for place in 0..<24 {
      let found = decoder.logits.rowValues
      for (row, target) in live.enumerated() {
        #expect(gap(found[row], expected[Int(whole.textOffsets[target]) + place]) < 1e-4)
      }
      let kept = live.indices.filter { place + 1 < targets[live[$0]].count }
      guard !kept.isEmpty else { break }
      decoder.advance(kept.map { targets[live[$0]][place] }, of: kept)
      live = kept.map { live[$0] }
    }
    #expect(live == [4])
  }

  @Test func `rows that branch, change places and outgrow their room go on rightly`() throws {
    let golden = try TinyT5("t5-1.1")
    let state = golden.state(FoldedPrompt())
    let batch = try golden.batch()
    func decoder(_ rows: [TargetRow]) -> any Decoding {
      golden.model.decoding(
        of: TargetBatch(rows), after: batch, prompts: state)
    }
    let branching = decoder([0, 2].map { TargetRow(ids: [0], source: $0) })
    var texts: [(ids: [Int32], source: Int)] = [([0], 0), ([0], 2)]
    var generator = SeededGenerator(seed: 4)
    for step in 0..<70 {
      // Two rows at first, four from the third step on, three at the end.
      let count = step < 2 ? 2 : step < 60 ? 4 : 3
      let rows = (0..<count).map { _ in Int.random(in: texts.indices, using: &generator) }
      let tokens = rows.map { _ in Int32.random(in: 2..<60, using: &generator) }
      branching.advance(tokens, of: rows)
      texts = zip(rows, tokens).map { (texts[$0].ids + [$1], texts[$0].source) }
    }
    let fresh = decoder(texts.map { TargetRow(ids: $0.ids, source: $0.source) })
    for (found, expected) in zip(branching.logits.rowValues, fresh.logits.rowValues) {
      #expect(gap(found, expected) < 1e-4)
    }
  }

  @Test(arguments: TinyT5.names)
  func `a row's text does not depend on the rows beside it`(name: String) throws {
    let golden = try TinyT5(name)
    let strategies: [DecodingStrategy] = [
      .greedy, .beam(BeamSearch(width: 3)), .sampling(Sampling(topK: 9, topP: 0.9, seed: 5)),
    ]
    for strategy in strategies {
      let together = try texts(golden, strategy, length: 12)
      for (number, row) in try golden.rows().enumerated() {
        let alone = golden.model.texts(
          for: Batch([row], numbers: [number]), prompts: golden.state(FoldedPrompt()),
          by: Generator(strategy, maximumLength: 12))
        #expect(alone.map(\.tokens) == [together[number].tokens])
        #expect(alone.map(\.hasEnded) == [together[number].hasEnded])
        #expect(abs(alone[0].score - together[number].score) < 1e-4)
      }
    }
  }

  @Test func `prompts of different lengths and none write in one batch what they write apart`()
    throws
  {
    let golden = try TinyT5("gated-silu")
    let long = try golden.prompt(input: true, decoder: true)
    let short = FoldedPrompt(input: Tensor(repeating: 0.5, shape: [2, 24]))
    let prompts = [FoldedPrompt(), long, short]
    let rows = try golden.rows()
    let mixed = prompts.indices.flatMap { prompt in
      rows.map {
        Row(
          text: $0.ids, segments: $0.segments, virtualTokens: prompts[prompt].inputLength,
          prompt: prompt)
      }
    }
    let generator = Generator(.greedy, maximumLength: 10)
    let together = golden.model.texts(
      for: Batch(mixed), prompts: golden.state(prompts), by: generator)
    for (prompt, folded) in prompts.enumerated() {
      let apart = golden.model.texts(
        for: try golden.batch(virtualTokens: folded.inputLength), prompts: golden.state(folded),
        by: generator)
      #expect(
        together[prompt * rows.count..<(prompt + 1) * rows.count].map(\.tokens)
          == apart.map(\.tokens))
    }
  }

  @Test func `candidates that share their text's states score as if each had its own`() throws {
    let golden = try TinyT5("t5-1.0")
    let state = golden.state(FoldedPrompt())
    let batch = try golden.batch()
    let candidates: [[Int32]] = [[7, 1], [8, 9, 1], [1]]
    let rows = (0..<batch.count).flatMap { text in
      candidates.map { TargetRow(target: $0, start: 0, source: text) }
    }
    func logits(_ rows: [TargetRow]) -> Tensor {
      golden.model.logits(
        of: TargetBatch(rows), after: batch, prompts: state,
        dropout: 0, in: .inference()
      ).value
    }
    let together = logits(rows).values
    #expect(gap(together, rows.flatMap { logits([$0]).values }) < 1e-5)
  }
}
