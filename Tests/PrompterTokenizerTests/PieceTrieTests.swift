// SPDX-License-Identifier: Apache-2.0

import PrompterTestSupport
import Testing

@testable import PrompterTokenizer

@Suite struct PieceTrieTests {
  @Test func `pieces are found by their bytes, their beginnings are not`() {
    var trie = PieceTrie(minimumCapacity: 0)
    var random = SeededRandom(seed: 3)
    var known: [[UInt8]: Int32] = [:]
    for id in 0..<Int32(5_000) {
      let count = Int.random(in: 1...6, using: &random)
      let piece = (0..<count).map { _ in UInt8.random(in: 0...9, using: &random) &* 28 }
      let before = trie.insert(piece, id: id, score: 0)
      #expect(before == known[piece] ?? -1)
      known[piece] = id
    }
    for (piece, id) in known {
      #expect(trie.id(of: piece) == id)
      #expect(trie.id(of: piece.dropLast()) == known[piece.dropLast()])
      #expect(trie.id(of: piece + [255]) == nil)
    }
  }
}
