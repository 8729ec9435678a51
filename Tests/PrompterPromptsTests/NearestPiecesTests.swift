// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite struct NearestPiecesTests {
  private enum Kind: String, CaseIterable {
    case bert, t5

    func model() throws -> PretrainedModel {
      switch self {
      case .bert: try Toy.model()
      case .t5: try ToyTexts.model()
      }
    }
  }

  private static func vectors(_ count: Int, seed: Int) -> Tensor {
    var random = SeededRandom(seed: seed)
    return random.tensor([count, 32], in: -700...700)
  }

  // The ids that stand for text, by hand.
  private static func textIDs(of model: PretrainedModel) -> [Int32] {
    (0..<Int32(model.backbone.vocabularyCount)).filter {
      !model.tokenizer.specialIDs.contains($0) && model.tokenizer.piece(of: $0) != nil
    }
  }

  private static func rows(_ tensor: Tensor) -> [[Double]] {
    let values = tensor.values.map(Double.init)
    return (0..<tensor.rows).map {
      Array(values[$0 * tensor.columns..<($0 + 1) * tensor.columns])
    }
  }

  private static func cosine(_ a: [Double], _ b: [Double]) -> Double {
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  }

  @Test(arguments: Kind.allCases)
  private func `neighbours are those of a slow search in doubles`(_ kind: Kind) throws {
    let model = try kind.model()
    let vectors = Self.vectors(7, seed: 1)
    let nearest = try NearestPieces(of: FoldedPrompt(input: vectors), in: model, count: 6)
    let ids = Self.textIDs(of: model)
    let embeddings = Self.rows(model.backbone.wordEmbeddings(of: ids))
    #expect(nearest.pieceCount == ids.count)
    #expect(nearest.tokens.map(\.number) == Array(1...7))
    for (token, vector) in zip(nearest.tokens, Self.rows(vectors)) {
      let ranked = ids.indices.map { (id: ids[$0], cosine: Self.cosine(vector, embeddings[$0])) }
        .sorted { $0.cosine > $1.cosine }.prefix(6)
      #expect(token.part == .input)
      #expect(token.neighbours.map(\.id) == ranked.map(\.id))
      #expect(token.neighbours.map(\.piece) == ranked.map { model.tokenizer.piece(of: $0.id) })
      for (found, expected) in zip(token.neighbours, ranked) {
        #expect(abs(found.similarity - expected.cosine) < 1e-5)
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(token.norm / norm - 1) < 1e-6)
      let near = Self.rows(model.backbone.wordEmbeddings(of: ranked.map(\.id)))
      let pairs = (0..<6).flatMap { a in (0..<a).map { b in Self.cosine(near[a], near[b]) } }
      let cohesion = try #require(token.cohesion)
      #expect(abs(cohesion - pairs.reduce(0, +) / 15) < 1e-5)
    }
  }

  @Test(arguments: Kind.allCases)
  private func `random pairs are what all pairs are where the vocabulary is small`(
    _ kind: Kind
  ) throws {
    let model = try kind.model()
    let random = try #require(
      NearestPieces(of: FoldedPrompt(input: Self.vectors(1, seed: 1)), in: model).random)
    let all = Self.rows(model.backbone.wordEmbeddings(of: Self.textIDs(of: model)))
    let cosines = all.indices.flatMap { a in (0..<a).map { b in Self.cosine(all[a], all[b]) } }
    let mean = cosines.reduce(0, +) / Double(cosines.count)
    let variance = cosines.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(cosines.count)
    #expect(abs(random.mean - mean) < 1e-6)
    #expect(abs(random.deviation - variance.squareRoot()) < 1e-6)
  }

  @Test(arguments: Kind.allCases)
  private func `a vector along a piece's embedding is nearest to it`(_ kind: Kind) throws {
    let model = try kind.model()
    let ids = model.tokenizer.ids(of: "best film good story")
    let vectors = model.backbone.wordEmbeddings(of: ids)
    let long = Tensor(vectors.values.map { $0 * 900 }, shape: vectors.shape)
    let nearest = try NearestPieces(of: FoldedPrompt(input: long), in: model, count: 3)
    #expect(nearest.tokens.map { $0.neighbours[0].id } == ids)
    #expect(nearest.tokens.allSatisfy { abs($0.neighbours[0].similarity - 1) < 1e-5 })
    #expect(nearest.distinctNearestCount == 4)
  }

  @Test(arguments: Kind.allCases)
  private func `special pieces are near nothing`(_ kind: Kind) throws {
    let model = try kind.model()
    let special = model.tokenizer.specialIDs.sorted()
    let nearest = try NearestPieces(
      of: FoldedPrompt(input: model.backbone.wordEmbeddings(of: special)), in: model, count: 4)
    for token in nearest.tokens {
      #expect(token.neighbours.allSatisfy { !special.contains($0.id) })
    }
  }

  @Test func `labels are found with their tokens and ranks`() throws {
    let model = try ToyTexts.model()
    let good = try #require(model.tokenizer.ids(of: "good").first)
    let (great, fun) = (model.tokenizer.ids(of: "great"), model.tokenizer.ids(of: "fun"))
    let vectors = model.backbone.wordEmbeddings(of: [good, 30, good] + great)
    let other = model.backbone.wordEmbeddings(of: fun + [good])
    let nearest = try NearestPieces(
      of: FoldedPrompt(input: vectors, decoderInput: other),
      labels: ["good", "great fun", "great mixed fun", ""], in: model, count: 1)
    #expect(nearest.tokens.map(\.part) == [.input, .input, .input, .input, .decoder, .decoder])
    #expect(nearest.labels.map(\.isNear) == [true, true, false, false])
    #expect(nearest.labels.map(\.pieces.count) == [1, 2, 3, 0])
    let places = nearest.labels[0].pieces[0].places
    #expect(places.map(\.part) == [.input, .input, .decoder])
    #expect(places.map(\.number) == [1, 3, 2])
    #expect(places.map(\.rank) == [1, 1, 1])
    #expect(nearest.labels[1].pieces.map(\.piece) == ["▁great", "▁fun"])
    #expect(nearest.labels[2].pieces[1].places.isEmpty)
    let more = try NearestPieces(
      of: FoldedPrompt(input: Self.vectors(3, seed: 2)), labels: ["good"], in: model,
      count: 1_000)
    // Every piece is a neighbour then, and the rank is its place among them.
    #expect(more.tokens[0].neighbours.count == more.pieceCount)
    for (place, token) in zip(more.labels[0].pieces[0].places, more.tokens) {
      #expect(token.neighbours[place.rank - 1].id == good)
    }
  }

  @Test func `neighbours that are much alike make a cluster`() throws {
    let bench = try PromptBench()
    let (alike, prompt) = try bench.modelWithPiecesAlike()
    let nearest = try NearestPieces(of: FoldedPrompt(input: prompt), in: alike, count: 5)
    let clusters = nearest.tokens.map { token in
      token.clusters.map { cluster in Set(cluster.map { token.neighbours[$0].piece }) }
    }
    #expect(clusters == [[["▁good", "▁great", "▁best"]], [["▁bad", "▁worst"]]])
    let random = try #require(nearest.random)
    #expect(nearest.threshold == min(0.95, random.mean + 4 * random.deviation))
  }

  @Test func `the same is found again, with any number of threads`() throws {
    let model = try Toy.model()
    let folded = FoldedPrompt(input: Self.vectors(40, seed: 3))
    func find(threads: Int) throws -> NearestPieces {
      try NearestPieces(
        of: folded, labels: ["good"], in: model, count: 9, threads: threads)
    }
    let first = try find(threads: 1)
    #expect(try find(threads: 1) == first)
    #expect(try find(threads: 3) == first)
  }

  @Test func `zeros are near nothing in particular`() throws {
    let nearest = try NearestPieces(
      of: FoldedPrompt(input: Tensor(zeros: [1, 32])), in: Toy.model(), count: 1)
    #expect(nearest.tokens[0].neighbours[0].similarity == 0)
    #expect(nearest.tokens[0].cohesion == nil)
    #expect(nearest.cohesion == nil)
  }

  @Test func `prompts without vectors at the input are refused`() throws {
    let model = try Toy.model()
    expect("no vectors at the input, where prompt tuning has them.") {
      try NearestPieces(of: Prompt.sample("all layers").folded, in: model)
    }
    expect("The prompt has no vectors at the input") {
      try NearestPieces(of: Prompt.sample("head only").folded, in: model)
    }
    expect("the width of its embeddings is 32; it should be 8, the prompt's.") {
      try NearestPieces(of: Prompt.sample("prompt tuning").folded, in: model)
    }
  }
}

extension PromptBench {
  /// The tiny T5 with two groups of pieces that mean nearly the same, and a prompt near both.
  fileprivate func modelWithPiecesAlike() throws -> (model: PretrainedModel, prompt: Tensor) {
    let model = folder.appending(component: "model")
    try FileManager.default.copyItem(at: ToyTexts.folder, to: model)
    let file = model.appending(component: "model.safetensors")
    let original = try SafetensorsFile(
      contentsOf: ToyTexts.folder.appending(component: "model.safetensors"))
    var tensors = try original.names.reduce(into: [:]) { $0[$1] = try original.tensor($1) }
    let words = try #require(tensors["shared.weight"])
    var values = words.values
    let tokenizer = try ToyTexts.model().tokenizer
    var random = SeededRandom(seed: 4)
    let centres = random.tensor([2, 32]).values
    for (group, text) in ["good great best", "bad worst"].enumerated() {
      for id in tokenizer.ids(of: text) {
        let noise = random.tensor([32], in: -0.05...0.05).values
        for column in 0..<32 {
          values[Int(id) * 32 + column] = centres[group * 32 + column] + noise[column]
        }
      }
    }
    tensors["shared.weight"] = Tensor(values, shape: words.shape)
    try SafetensorsFile.write(tensors, metadata: [:], to: file)
    return (
      try PretrainedModel(contentsOf: model, precision: .float32), Tensor(centres, shape: [2, 32])
    )
  }
}
