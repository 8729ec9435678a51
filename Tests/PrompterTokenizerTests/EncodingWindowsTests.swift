// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

/// Windows of long texts; the ids and places are those of transformers 5.24 with
/// `return_overflowing_tokens`.
@Suite struct EncodingWindowsTests {
  private let question = "what is it"
  private let text = "the good film was playing in the house of the old man and the sea"

  private let tokenizer: WordPieceTokenizer

  init() throws {
    tokenizer = try Fixture.tokenizer("tokenizer.json")
  }

  private func windows(
    _ first: String, _ second: String? = nil, length: Int, overlap: Int
  ) throws -> [Encoding]? {
    tokenizer.windows(of: first, pair: second, maximumLength: length, overlap: overlap)
  }

  @Test(
    arguments: [
      (
        12, 2,
        [
          [592, 2957, 2466, 337, 338, 766], [338, 766, 5860, 666, 849, 592],
          [849, 592, 3761, 778, 592, 50], [592, 50, 939, 1115, 657, 592], [657, 592, 3595],
        ], [0, 12, 26, 42, 54]
      ),
      (
        9, 0,
        [
          [592, 2957, 2466], [337, 338, 766], [5860, 666, 849], [592, 3761, 778], [592, 50, 939],
          [1115, 657, 592], [3595],
        ], [0, 11, 18, 29, 42, 50, 62]
      ),
    ] as [(Int, Int, [[Int32]], [Int])])
  func `the second text is divided and the first is in each window`(
    length: Int, overlap: Int, ids: [[Int32]], starts: [Int]
  ) throws {
    let all = try #require(try windows(question, text, length: length, overlap: overlap))
    #expect(all.map { Array($0.ids[5...].dropLast()) } == ids)
    #expect(all.map { $0.offsets[5].lowerBound } == starts)
    #expect(Set(all.map { Array($0.ids[..<5]) }).count == 1)
    #expect(all.allSatisfy { $0.truncatedCount == 0 && $0.segments.last == 1 })
    #expect(all.allSatisfy { $0.closingCount == 1 && $0.openingCount == 1 })
  }

  @Test func `every token is in a window, with its word and place`() throws {
    let whole = try #require(try windows(text, length: .max, overlap: 0)?.first)
    #expect(whole.ids.count == 21)
    for length in 3...22 {
      for overlap in 0...24 {
        let all = try #require(try windows(text, length: length, overlap: overlap))
        #expect(all.allSatisfy { $0.ids.count <= length })
        var next = 1
        for window in all {
          let inner = 1..<window.ids.count - 1
          let first = try #require(whole.offsets.firstIndex(of: window.offsets[1]))
          #expect(next == 1 || next - first == min(overlap, length - 3))
          for (place, own) in zip(inner, first...) {
            #expect(window.ids[place] == whole.ids[own])
            #expect(window.words[place] == whole.words[own])
            #expect(window.offsets[place] == whole.offsets[own])
          }
          next = first + inner.count
        }
        #expect(next == 20)
      }
    }
  }

  @Test func `what fits is one window, and what leaves no room is none`() throws {
    let whole = tokenizer.encode(question, pair: text, maximumLength: .max)
    #expect(try windows(question, text, length: whole.ids.count, overlap: 3) == [whole])
    #expect(try windows(question, text, length: 6, overlap: 0) == nil)
    #expect(try windows(question, text, length: 7, overlap: 9)?.count == 19)
    // Nothing to divide: the first text is never cut.
    #expect(try windows(question, "", length: 5, overlap: 0) == nil)
    #expect(try windows(question, "", length: 6, overlap: 0)?.count == 1)
    #expect(try windows("", text, length: 8, overlap: 0)?.count == 4)
    #expect(try windows("", length: 2, overlap: 0)?.map(\.ids.count) == [2])
  }
}
