// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// What is dropped depends on the seed, the step and the row, on nothing else.
@Suite struct DropoutTests {
  private let backbone: PostNormEncoder
  private let rows = TinyBERT.texts(lengths: [9, 2, 17, 5, 12, 7, 3])

  init() throws { backbone = try TinyBERT.load(attentionDropout: 0.2) }

  /// Where values are dropped.
  enum Place: CaseIterable {
    case prompt, backbone, both
    var prompt: Float { self == .backbone ? 0 : 0.3 }
    var backbone: Float { self == .prompt ? 0 : 0.2 }
  }

  // States and the gradient of the prompt's variables of a training pass, rows split in parts.
  private func train(
    _ place: Place, _ pooling: Pooling, parts: Int = 1, seed: UInt64 = 1, step: Int = 0
  ) throws -> (states: [Float], gradients: [[Float]]) {
    var state = PromptState.folded([.deep(length: 4, layers: 0..<3, seed: 1)])
    state.dropout = place.prompt
    var sums = [Tensor?](repeating: nil, count: state.tables.count)
    var states = [[Float]](repeating: [], count: rows.count)
    for share in RowSplit.shares(costs: rows.map(\.ids.count), parts: parts) {
      let pass = Pass.training(seed: seed, step: step)
      let tape = try #require(pass.tape)
      let own = state.map { tape.variable($0.value) }
      let batch = Batch(share.map { rows[$0] }, numbers: share)
      let found = backbone.sequenceStates(
        of: batch, prompts: own, pooling: pooling, dropout: place.backbone, in: pass)
      for (place, row) in share.enumerated() { states[row] = found.value.rowValues[place] }
      tape.pullback(from: found)
      for (index, variable) in own.tables.enumerated() {
        add(variable.gradient, to: &sums[index])
      }
    }
    return (states.flatMap(\.self), sums.map { $0?.values ?? [] })
  }

  @Test(arguments: Place.allCases, Pooling.allCases)
  func `the same values are dropped however rows are split over replicas`(
    place: Place, pooling: Pooling
  ) throws {
    let whole = try train(place, pooling)
    for parts in [2, 3, 7] {
      let split = try train(place, pooling, parts: parts)
      #expect(gap(split.states, whole.states) <= 1e-6)
      for (left, right) in zip(split.gradients, whole.gradients) {
        #expect(gap(left, right) <= 1e-5)
      }
    }
  }

  @Test(arguments: Place.allCases)
  func `every step and every seed drops other values, and the same ones again`(
    place: Place
  ) throws {
    let first = try train(place, .cls)
    #expect(try train(place, .cls).states == first.states)
    #expect(gap(try train(place, .cls, step: 1).states, first.states) > 1e-3)
    #expect(gap(try train(place, .cls, seed: 2).states, first.states) > 1e-3)
  }

  @Test(arguments: Place.allCases)
  func `equal rows of one batch lose different values`(place: Place) {
    var state = PromptState.folded([.deep(length: 4, layers: 0..<3, seed: 1)])
    state.dropout = place.prompt
    let found = backbone.sequenceStates(
      of: Batch([rows[0], rows[0]]), prompts: state, pooling: .mean, dropout: place.backbone,
      in: .training(seed: 1, step: 0)
    ).value.rowValues
    #expect(gap(found[0], found[1]) > 1e-3)
  }

  @Test(arguments: Pooling.allCases)
  func `nothing is dropped in inference`(pooling: Pooling) {
    func states(prompt: Float, backbone dropout: Float) -> [Float] {
      var state = PromptState.folded([.deep(length: 4, layers: 0..<3, seed: 1)])
      state.dropout = prompt
      return backbone.sequenceStates(
        of: Batch(rows), prompts: state, pooling: pooling, dropout: dropout, in: .inference()
      ).value.values
    }
    #expect(states(prompt: 0.5, backbone: 0.5) == states(prompt: 0, backbone: 0))
  }
}
