// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// Windows, places and prompts of a ModernBERT, beside its golden runs.
@Suite struct ModernBERTTests {
  private let window = 3

  @Test func `a prefix in a windowed layer is seen by every token`() throws {
    let model = try TinyModernBERT.load()
    let text = TinyModernBERT.texts(lengths: [40])
    // In the last layer alone, so that no other one passes it on.
    func states(seed: UInt64) -> [[Float]] {
      let prompt = FoldedPrompt.deep(length: 4, layers: 2..<3, seed: seed, width: 24)
      return TinyModernBERT.states(model, [text[0].under(prompt)], [prompt]).rowValues
    }
    let (one, other) = (states(seed: 1), states(seed: 2))
    for token in 0..<40 { #expect(one[token] != other[token], "token \(token)") }
  }

  @Test func `a windowed layer hears no word beyond its window`() throws {
    let model = try TinyModernBERT.load([
      "layer_types": Array(repeating: "sliding_attention", count: 3)
    ])
    let row = TinyModernBERT.texts(lengths: [40])[0]
    var changed = row
    changed.ids[20] = row.ids[20] == 7 ? 8 : 7
    let (before, after) = (
      TinyModernBERT.states(model, [row]).rowValues,
      TinyModernBERT.states(model, [changed]).rowValues
    )
    // Each of three layers passes it on once.
    let moved = (0..<40).filter { before[$0] != after[$0] }
    #expect(moved == Array(20 - 3 * window...20 + 3 * window))
  }

  @Test(arguments: Precision.allCases)
  func `a row's states do not depend on its neighbours`(precision: Precision) throws {
    let model = try TinyModernBERT.load(precision: precision)
    let prompts = [
      FoldedPrompt.deep(length: 4, layers: 0..<3, seed: 1, width: 24),
      FoldedPrompt.input(length: 3, seed: 2, width: 24),
    ]
    let lengths = [9, 200, 1, 33, 2]
    let rows = TinyModernBERT.texts(lengths: lengths).enumerated().map {
      $1.under(prompts[$0 % 2], at: $0 % 2)
    }
    let together = TinyModernBERT.states(model, rows, prompts)
    var first = 0
    for row in rows {
      let alone = TinyModernBERT.states(model, [row], prompts).rowValues
      #expect(Array(together.rowValues[first..<first + row.ids.count]) == alone)
      first += row.ids.count
    }
  }

  private struct Run {
    let states: Tensor
    let gradient: [Float]
  }

  // The states of some slots, and what they give to a prompt.
  private func run(
    _ model: ModernBERT, reading slots: [Int32], of rows: [Row], readingAll: Bool, dropout: Float
  ) throws -> Run {
    let pass = Pass.training(seed: 4, step: 1)
    let tape = try #require(pass.tape)
    let prompt = FoldedPrompt.deep(length: 4, layers: 0..<3, seed: 1, width: 24)
    let state = PromptTables<Tensor>([prompt], layerCount: 3, width: 24).map { tape.variable($0) }
    let hidden = model.hiddenStates(
      of: Batch(rows.map { $0.under(prompt) }), prompts: state,
      reading: readingAll ? .all : .slots(slots), dropout: dropout, in: pass)
    let states = readingAll ? PrompterAutodiff.rows(slots, of: hidden) : hidden
    tape.pullback(from: states, seed: states.value)
    return Run(states: states.value, gradient: try #require(state.tables[0].gradient).values)
  }

  @Test(arguments: Precision.allCases, [false, true])
  func `a head that reads some slots gets what all slots' states hold`(
    precision: Precision, isTrained: Bool
  ) throws {
    let model = try TinyModernBERT.load(
      ["attention_dropout": 0.2], isTrained: isTrained, precision: precision)
    let rows = TinyModernBERT.texts(lengths: [9, 2, 120, 1, 30])
    let batch = Batch(rows)
    let several = batch.textBegin.enumerated().flatMap { index, begin in
      index == 2 ? [begin, begin + 40, begin + 41, begin + 41, begin + 119] : [begin]
    }
    for slots in [batch.textBegin, several] {
      func run(readingAll: Bool, dropout: Float) throws -> Run {
        try self.run(
          model, reading: slots, of: rows, readingAll: readingAll, dropout: dropout)
      }
      let (some, all) = (
        try run(readingAll: false, dropout: 0), try run(readingAll: true, dropout: 0)
      )
      #expect(relativeGap(some.states.values, all.states.values) < 1e-5)
      #expect(
        relativeGap(some.gradient, all.gradient)
          < (precision == .float32 || isTrained ? 1e-5 : 0.02))
      // Dropout is drawn, and the same each time.
      let dropped = try run(readingAll: false, dropout: 0.3)
      #expect(dropped.states.values != some.states.values)
      #expect(try run(readingAll: false, dropout: 0.3).gradient == dropped.gradient)
    }
  }

  @Test(arguments: [Precision.bfloat16, .int16])
  func `rounded factors give nearly the same states`(precision: Precision) throws {
    let rows = TinyModernBERT.texts(lengths: [200, 7])
    let prompt = FoldedPrompt.deep(length: 4, layers: 0..<3, seed: 1, width: 24)
    func states(_ precision: Precision) throws -> [Float] {
      TinyModernBERT.states(
        try TinyModernBERT.load(precision: precision), rows.map { $0.under(prompt) }, [prompt]
      ).values
    }
    let gap = relativeGap(try states(precision), try states(.float32))
    #expect(gap < (precision == .int16 ? 2e-3 : 2e-2), "off by \(gap)")
  }

  @Test func `lower layers computed before give the same states`() throws {
    let model = try TinyModernBERT.load()
    let prompt = FoldedPrompt.deep(length: 4, layers: 2..<3, seed: 1, width: 24)
    let rows = TinyModernBERT.texts(lengths: [30, 5]).map { $0.under(prompt) }
    let state = TinyModernBERT.state([prompt])
    let lower = model.lowerStates(of: rows, prompts: state, through: 2, in: .inference())
    let above = model.hiddenStates(
      of: Batch(rows), prompts: state, above: lower, reading: .all, dropout: 0, in: .inference())
    #expect(gap(above.value.values, TinyModernBERT.states(model, rows, [prompt]).values) < 1e-5)
  }
}
