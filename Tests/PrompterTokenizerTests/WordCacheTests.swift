// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

@Suite struct WordCacheTests {
  private func word(_ number: Int) -> (bytes: [UInt8], hash: UInt64) {
    let bytes = Array("word \(number)".utf8)
    return (bytes, Vocabulary.hash(of: bytes, 0..<bytes.count))
  }

  @Test func `words are found again, and all are forgotten when there are too many`() throws {
    var cache = WordCache()
    for number in 0..<WordCache.mostWords {
      let (bytes, hash) = word(number)
      #expect(cache.find(bytes, hash: hash) == nil)
      let pieces = (0...number % 3).map {
        WordCache.Piece(id: Int32(number), start: 0, end: Int32($0))
      }
      cache.insert(bytes, hash: hash, pieces)
    }
    for number in [0, 1, 777, WordCache.mostWords - 1] {
      let (bytes, hash) = word(number)
      let range = try #require(cache.find(bytes, hash: hash))
      #expect(
        cache.pieces[range].map(\.id) == Array(repeating: Int32(number), count: number % 3 + 1))
    }
    let (bytes, hash) = word(-1)
    cache.insert(bytes, hash: hash, [])
    #expect(cache.find(bytes, hash: hash) == 0..<0)
    #expect(cache.find(word(0).bytes, hash: word(0).hash) == nil)
  }

  @Test func `two words of one hash are two words`() {
    var cache = WordCache()
    cache.insert([1], hash: 5, [WordCache.Piece(id: 1, start: 0, end: 1)])
    cache.insert([2], hash: 5, [WordCache.Piece(id: 2, start: 0, end: 1)])
    #expect(cache.find([1], hash: 5) == 0..<1)
    #expect(cache.find([2], hash: 5) == 1..<2)
    #expect(cache.find([3], hash: 5) == nil)
  }
}
