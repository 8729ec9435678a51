// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// The families that share an encoder with BERT: their shapes, files and rows.
@Suite struct PostNormEncoderTests {
  private func states(_ model: any Backbone, _ pooling: Pooling = .pooler) -> [Float] {
    model.sequenceStates(
      of: Batch(TinyEncoder.texts(lengths: [9, 4])), prompts: .none(layerCount: 3),
      pooling: pooling, dropout: 0, in: .inference()
    ).value.values
  }

  @Test(arguments: TinyEncoder.all)
  func `a family's model has its shape, counted as its file has it`(tiny: TinyEncoder) throws {
    let model = try tiny.load()
    let shape = try ModelFamilies.configuration(from: ModelFolder(tiny.model))
    let weights = try Weights(contentsOf: tiny.model)
    #expect(shape.family == tiny.family)
    #expect(model.width == 24 && model.layerCount == 3 && model.headCount == 3)
    #expect(model.positionLimit == tiny.positions && shape.positionLimit == tiny.positions)
    #expect(model.segmentLimit == tiny.segments && shape.segmentLimit == tiny.segments)
    #expect(model.embeddingWidth == tiny.embeddingWidth)
    #expect(shape.embeddingWidth == tiny.embeddingWidth)
    #expect(model.wordEmbeddings(of: [7, 5]).shape == [2, tiny.embeddingWidth])
    #expect(model.hasPooler == tiny.hasPooler && shape.hasPooler(in: weights) == tiny.hasPooler)
    #expect(model.parameterCount == weights.parameterCount)
    #expect(shape.parameterCount(hasPooler: true) == weights.parameterCount)
  }

  @Test(arguments: TinyEncoder.all)
  func `files of models with heads are the same model`(tiny: TinyEncoder) throws {
    let plain = try states(tiny.load())
    for prefix in ["", tiny.scope + "."] {
      try withChangedModel(
        tiny.model,
        weights: { tensors in
          tensors = Dictionary(uniqueKeysWithValues: tensors.map { (prefix + $0, $1) })
          tensors[prefix + "embeddings.position_ids"] = Tensor(zeros: [1, 40])
          for head in tiny.heads { tensors[head] = Tensor(zeros: [3, 24]) }
        },
        { folder in
          let shape = try ModelFamilies.configuration(from: ModelFolder(folder))
          #expect(try shape.check(Weights(contentsOf: folder)).isEmpty)
          #expect(try states(tiny.load(from: folder)) == plain)
        })
    }
  }

  @Test(arguments: TinyEncoder.all)
  func `every weight is needed, and one of another shape is named`(tiny: TinyEncoder) throws {
    for name in try Weights(contentsOf: tiny.model).names {
      for shape: Shape? in [nil, [3, 5, 7]] {
        try withChangedModel(
          tiny.model, weights: { $0[name] = shape.map { Tensor(zeros: $0) } },
          { folder in
            let place = "`\(name)`"
            #expect { try tiny.load(from: folder) } throws: { "\($0)".contains(place) }
          })
      }
    }
  }

  @Test(arguments: TinyEncoder.all)
  func `a row has the same bits among others, under prompts of other lengths`(
    tiny: TinyEncoder
  ) throws {
    let model = try tiny.load()
    let prompts = [
      FoldedPrompt.deep(length: 4, layers: 0..<3, seed: 1, width: 24),
      .input(length: 3, seed: 2, width: tiny.embeddingWidth), FoldedPrompt(),
      .deep(length: 11, layers: 1..<3, seed: 3, width: 24),
    ]
    func states(_ rows: [Row], _ prompts: [FoldedPrompt]) -> [[Float]] {
      let tables = PromptTables<Tensor>(
        prompts.map { ResidentPrompt($0, for: model) }, for: model)
      return model.sequenceStates(
        of: Batch(rows), prompts: tables.map { Variable($0) }, pooling: .mean, dropout: 0,
        in: .inference()
      ).value.rowValues
    }
    let texts = TinyEncoder.texts(lengths: [9, 4, 17, 2])
    let together = states(
      zip(texts, prompts).enumerated().map { $1.0.under($1.1, at: $0) }, prompts)
    for (index, (text, prompt)) in zip(texts, prompts).enumerated() {
      #expect(states([text.under(prompt)], [prompt])[0] == together[index])
    }
  }

  @Test(arguments: TinyEncoder.all)
  func `all weights are trained where training is asked for`(tiny: TinyEncoder) throws {
    let trained = try tiny.load(isTrained: true)
    #expect(try tiny.load().trainedParameters.isEmpty)
    let names = trained.trainedParameters.flatMap { $0.parts.map(\.name) }
    #expect(try Set(names) == Set(Weights(contentsOf: tiny.model).names))
    #expect(names.count == Set(names).count)
  }

  @Test(arguments: TinyEncoder.all)
  func `a padding that a text names is not counted where positions begin after it`(
    tiny: TinyEncoder
  ) throws {
    let padding = Int32(40 - tiny.positions - 1)
    guard padding >= 0 else { return }
    let model = try tiny.load()
    func vectors(_ texts: [[Int32]]) -> [[Float]] {
      model.embeddings(
        of: Batch(texts.map { Row(ids: $0, segments: $0.map { _ in 0 }) }),
        prompts: .none(layerCount: 3), dropout: 0, in: .inference()
      ).value.rowValues
    }
    let named = vectors([[0, padding, 7, padding, padding, 9, 2], [0, 7]])
    let unnamed = vectors([[0, 7, 9, 2], [0, 7]])
    #expect([0, 2, 5, 6, 7, 8].map { named[$0] } == unnamed)
    #expect(named[1] == named[3] && named[3] == named[4])
  }

  @Test(arguments: TinyEncoder.all)
  func `a model without segments does not look at them`(tiny: TinyEncoder) throws {
    guard tiny.segments == nil else { return }
    let model = try tiny.load()
    func states(_ rows: [Row]) -> [Float] {
      model.hiddenStates(
        of: Batch(rows), prompts: .none(layerCount: 3), reading: .all, dropout: 0, in: .inference()
      ).value.values
    }
    let rows = TinyEncoder.texts(lengths: [9, 4])
    let other = rows.map { Row(ids: $0.ids, segments: $0.ids.indices.map { Int32($0 % 2) }) }
    #expect(states(rows) == states(other))
  }
}
