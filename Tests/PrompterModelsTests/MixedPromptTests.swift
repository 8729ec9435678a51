// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterNN
import PrompterTensor
import Testing

/// Rows of one batch under different prompts, each as if it were alone.
@Suite struct MixedPromptTests {
  private let backbone: PostNormEncoder
  private let prompts: [FoldedPrompt]
  private let rows: [Row]

  init() throws {
    backbone = try TinyBERT.load()
    var both = FoldedPrompt.input(length: 2, seed: 5)
    both.deep = FoldedPrompt.deep(length: 3, layers: 2..<3, seed: 6).deep
    let prompts = [
      FoldedPrompt.deep(length: 4, layers: 0..<3, seed: 1),
      FoldedPrompt.deep(length: 9, layers: 1..<2, seed: 2),
      FoldedPrompt.input(length: 5, seed: 3),
      FoldedPrompt(),
      FoldedPrompt.input(length: 1, seed: 4),
      both,
    ]
    self.prompts = prompts
    rows = TinyBERT.texts(lengths: [9, 2, 17, 5, 12, 1, 30, 8, 3, 21, 6, 14]).enumerated().map {
      $1.under(prompts[$0 * 5 % 6], at: $0 * 5 % 6)
    }
  }

  private func states(
    of rows: [Row], _ prompts: [FoldedPrompt], _ pooling: Pooling, by other: PostNormEncoder? = nil
  ) -> [[Float]] {
    let state = PromptState.folded(prompts)
    return (other ?? backbone).sequenceStates(
      of: Batch(rows), prompts: state, pooling: pooling, dropout: 0, in: .inference()
    ).value.rowValues
  }

  private func single(_ row: Row, _ pooling: Pooling, by other: PostNormEncoder? = nil) -> [Float] {
    var alone = row
    alone.prompt = 0
    return states(of: [alone], [prompts[row.prompt]], pooling, by: other)[0]
  }

  @Test(arguments: Pooling.allCases, Precision.allCases)
  func `each row of a mixed batch says what it says alone`(
    pooling: Pooling, precision: Precision
  ) throws {
    let backbone = try TinyBERT.load(precision: precision)
    let mixed = states(of: rows, prompts, pooling, by: backbone)
    for (row, state) in zip(rows, mixed) {
      #expect(gap(state, single(row, pooling, by: backbone)) <= 1e-6, "prompt \(row.prompt)")
    }
  }

  @Test(arguments: Pooling.allCases)
  func `the order of rows and who their neighbours are do not matter`(pooling: Pooling) {
    let forward = states(of: rows, prompts, pooling)
    let backward = states(of: rows.reversed(), prompts, pooling)
    let crowded = states(of: rows + rows + rows, prompts, pooling)
    for index in rows.indices {
      #expect(gap(forward[index], backward[rows.count - 1 - index]) <= 1e-6)
      #expect(gap(forward[index], crowded[rows.count + index]) <= 1e-6)
    }
  }

  @Test func `the order of prompts does not matter`() {
    let turned = rows.map { row in
      var row = row
      row.prompt = prompts.count - 1 - row.prompt
      return row
    }
    let straight = states(of: rows, prompts, .mean)
    let reversed = states(of: turned, prompts.reversed(), .mean)
    for (left, right) in zip(straight, reversed) { #expect(gap(left, right) <= 1e-6) }
  }

  @Test func `every prompt makes a difference`() {
    let text = TinyBERT.texts(lengths: [11])[0]
    let answers = prompts.indices.map { single(text.under(prompts[$0], at: $0), .cls) }
    for left in prompts.indices {
      for right in 0..<left { #expect(gap(answers[left], answers[right]) > 1e-3) }
    }
  }

  @Test func `reading some slots gives what reading all does`() {
    let state = PromptState.folded(prompts)
    let batch = Batch(rows)
    func hidden(_ reading: Reading) -> [[Float]] {
      backbone.hiddenStates(
        of: batch, prompts: state, reading: reading, dropout: 0, in: .inference()
      ).value.rowValues
    }
    let all = hidden(.all)
    let texts = zip(batch.textBegin, batch.textEnd).flatMap { Array($0..<$1) }
    // The first, the last, every word, and of each row the first and every third.
    let some = texts.filter { $0 % 3 == 0 || batch.textBegin.contains($0) }
    for slots in [batch.textBegin, batch.textEnd.map { $0 - 1 }, texts, some] {
      let picked = hidden(.slots(slots))
      #expect(picked.count == slots.count)
      for (row, slot) in zip(picked, slots) { #expect(gap(row, all[Int(slot)]) <= 1e-6) }
    }
  }

  @Test(arguments: Precision.allCases)
  func `the slots that are read of a row do not depend on those of others`(
    precision: Precision
  ) throws {
    let backbone = try TinyBERT.load(precision: precision)
    func hidden(_ rows: [Row], _ slots: [Int32]) -> [[Float]] {
      backbone.hiddenStates(
        of: Batch(rows), prompts: .folded(prompts), reading: .slots(slots), dropout: 0,
        in: .inference()
      ).value.rowValues
    }
    let offsets = Batch(rows).offsets
    // A third of each row's slots, and its last.
    let own = zip(offsets, offsets.dropFirst()).map { begin, end in
      (begin..<end).filter { ($0 - begin) % 3 == 1 || $0 == end - 1 }.map { $0 - begin }
    }
    var all = hidden(rows, zip(own, offsets).flatMap { slots, first in slots.map { first + $0 } })[
      ...]
    for (row, slots) in zip(rows, own) {
      #expect(Array(all.prefix(slots.count)) == hidden([row], slots))
      all.removeFirst(slots.count)
    }
  }

  @Test(arguments: Pooling.allCases)
  func `of many resident prompts those that rows name answer as they do`(pooling: Pooling) {
    // Every prompt three times, so that indices must be found.
    let residents = (0..<3 * prompts.count).map {
      ResidentPrompt(prompts[$0 % prompts.count], for: backbone)
    }
    for named in [[0], [1, 4], [5, 2, 2, 0, 7]] {
      let own = named.map { index in
        var row = rows[index]
        row.prompt += prompts.count
        return row
      }
      let serving = PromptTables.serving(own, of: residents, for: backbone)
      #expect(serving.tables.count == Set(own.map(\.prompt)).count)
      let found = backbone.sequenceStates(
        of: Batch(serving.rows), prompts: serving.tables.map { Variable($0) }, pooling: pooling,
        dropout: 0, in: .inference()
      ).value.rowValues
      #expect(found == states(of: named.map { rows[$0] }, prompts, pooling))
    }
  }

  @Test func `a prompt of no length is no prompt`() {
    let empty = FoldedPrompt(
      input: Tensor(zeros: [0, 32]),
      deep: FoldedPrompt.Deep(table: Tensor(zeros: [0, 192]), layers: 0..<3))
    let texts = TinyBERT.texts(lengths: [6, 9])
    #expect(states(of: texts, [empty], .mean) == states(of: texts, [FoldedPrompt()], .mean))
  }

  @Test func `texts reach up to the last position`() throws {
    let deep = FoldedPrompt.deep(length: 10, layers: 0..<3, seed: 1)
    let input = FoldedPrompt.input(length: 10, seed: 1)
    #expect(deep.occupiedPositions == 10 && input.occupiedPositions == 10)
    let limit = try #require(backbone.positionLimit)
    let longest = TinyBERT.texts(lengths: [limit - 10])[0]
    let rows = [longest.under(deep), longest.under(input, at: 1)]
    let isFinite = states(of: rows, [deep, input], .cls).joined().allSatisfy { $0.isFinite }
    #expect(isFinite)
  }
}
