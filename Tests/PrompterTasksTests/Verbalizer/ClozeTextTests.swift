// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTokenizer
import Testing

@testable import PrompterTasks

@Suite struct ClozeTextTests {
  private let tokenizer: any Tokenizer

  init() throws {
    tokenizer = try Tokenizers.load(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/bert/model").standardizedFileURL)
  }

  private func pieces(
    _ template: String, _ values: [String: String], masks: Int = 1, length: Int
  ) throws -> (pieces: [String], masks: [Int], cut: Int)? {
    let mask = try #require(tokenizer.mask)
    let cloze = ClozeText(
      try TextTemplate(template).clozePieces, values, mask: mask.piece, count: masks)
    let whole = tokenizer.encode(cloze.text, pair: nil, maximumLength: .max)
    return cloze.fitted(whole, to: length, mask: mask.id).map { fitted in
      (
        fitted.encoding.ids.compactMap(tokenizer.piece), fitted.masks,
        fitted.encoding.truncatedCount
      )
    }
  }

  @Test func `masks stand where the template has them, as many as are asked for`() throws {
    let one = try #require(try pieces("{text} was [MASK] it", ["text": "good film"], length: 20))
    #expect(one.pieces == ["[CLS]", "good", "film", "was", "[MASK]", "it", "[SEP]"])
    #expect(one.masks == [4] && one.cut == 0)
    let two = try #require(
      try pieces("[MASK] {text}", ["text": "film"], masks: 2, length: 20))
    #expect(two.pieces == ["[CLS]", "[MASK]", "[MASK]", "film", "[SEP]"] && two.masks == [1, 2])
  }

  @Test func `a mask of a text's own is not asked`() throws {
    let found = try #require(
      try pieces("{text} was [MASK]", ["text": "[MASK] film [MASK]"], length: 20))
    #expect(found.pieces.count { $0 == "[MASK]" } == 3 && found.masks == [5])
  }

  @Test func `what does not fit is cut off the texts, the longest first, never the template`()
    throws
  {
    let values = ["text": "good bad good bad good", "pair": "film story"]
    for (length, text, pair) in [(11, 5, 2), (10, 4, 2), (8, 2, 2), (6, 1, 1), (4, 0, 0)] {
      let found = try #require(
        try pieces("{text} [MASK] was {pair}", values, length: length), "\(length)")
      #expect(found.pieces.count == min(length, 11) && found.cut == 11 - length)
      let mask = try #require(found.masks.first)
      #expect(found.pieces[mask] == "[MASK]" && found.pieces[mask + 1] == "was")
      #expect(mask == text + 1 && found.pieces.count - mask - 3 == pair, "\(length)")
    }
    #expect(try pieces("{text} [MASK] was {pair}", values, length: 3) == nil)
  }
}
