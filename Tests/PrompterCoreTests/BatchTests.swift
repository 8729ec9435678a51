// SPDX-License-Identifier: Apache-2.0

import PrompterCore
import Testing

@Suite struct BatchTests {
  @Test func `rows stand one after another with no padding`() {
    let batch = Batch([
      Row(ids: [2, 7, 3], segments: [0, 0, 1]),
      Row(text: [2, 3], segments: [0, 1], virtualTokens: 3, prompt: 4),
      Row(ids: [9], segments: [1], prompt: 1),
    ])
    #expect(batch.count == 3 && batch.slotCount == 9)
    #expect(batch.ids == [2, 7, 3, -1, -2, -3, 2, 3, 9])
    #expect(batch.segments == [0, 0, 1, 0, 0, 0, 0, 1, 1])
    #expect(batch.offsets == [0, 3, 8, 9])
    #expect(batch.prompts == [0, 4, 1])
    #expect(batch.numbers == [0, 1, 2])
    #expect(batch.textBegin == [0, 6, 8])
    #expect(batch.textEnd == [3, 8, 9])
  }

  @Test func `virtual tokens may stand after the text too`() {
    let batch = Batch([Row(ids: [-1, 2, 5, 3, -2, -3], segments: [0, 0, 0, 0, 0, 0])])
    #expect(batch.textBegin == [1])
    #expect(batch.textEnd == [4])
  }

  @Test func `some slots stand among their rows`() {
    let batch = Batch(
      [3, 1, 4].map { Row(text: Array(1...$0), segments: Array(1...$0), virtualTokens: 0) })
    #expect(batch.offsets(of: [0, 3, 4]) == [0, 1, 2, 3])
    #expect(batch.offsets(of: [1, 2, 3, 4, 6, 7]) == [0, 2, 3, 6])
    #expect(batch.offsets(of: [5]) == [0, 0, 0, 1])
    #expect(batch.offsets(of: [0, 0, 4, 4, 4]) == [0, 2, 2, 5])
  }

  @Test func `a batch of no rows is empty`() {
    let batch = Batch([])
    #expect(batch.count == 0 && batch.slotCount == 0 && batch.offsets == [0])
  }

  @Test func `a row's dropout keys depend on its number in the step alone`() {
    let rows = [3, 1, 4].map { length in
      Row(ids: [Int32](repeating: 5, count: length), segments: [Int32](repeating: 0, count: length))
    }
    let whole = Batch(rows)
    #expect(Set(whole.slotKeys).count == whole.slotCount)
    let parts = [
      Batch(Array(rows[..<1])), Batch(Array(rows[1...]), numbers: Array(1..<rows.count)),
    ]
    #expect(parts.flatMap(\.slotKeys) == whole.slotKeys)
    #expect(parts.flatMap(\.numbers) == whole.numbers)
  }
}
