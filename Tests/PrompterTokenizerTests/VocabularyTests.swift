// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTokenizer

@Suite struct VocabularyTests {
  @Test func `pieces that are canonically equivalent stay apart`() {
    var vocabulary = Vocabulary(minimumCapacity: 2)
    vocabulary.insert("\u{E9}".utf8, id: 1)
    vocabulary.insert("e\u{301}".utf8, id: 2)
    #expect(vocabulary.count == 2)
    #expect(vocabulary.id(of: "\u{E9}".utf8) == 1)
    #expect(vocabulary.id(of: "e\u{301}".utf8) == 2)
    #expect(vocabulary.piece(of: 2)?.unicodeScalars.count == 2)
  }

  @Test func `it grows, and a piece given again takes the new id`() {
    var vocabulary = Vocabulary(minimumCapacity: 0)
    for id in 0..<5_000 { vocabulary.insert("piece \(id)".utf8, id: Int32(id)) }
    vocabulary.insert("piece 7".utf8, id: 9_000)
    #expect(vocabulary.count == 5_000)
    #expect(vocabulary.id(of: "piece 4999".utf8) == 4_999)
    #expect(vocabulary.id(of: "piece 7".utf8) == 9_000)
    #expect(vocabulary.piece(of: 9_000) == "piece 7")
    #expect(vocabulary.piece(of: 7) == nil)
  }

  @Test func `an empty vocabulary and an empty piece are no trouble`() {
    var vocabulary = Vocabulary(minimumCapacity: 0)
    #expect(vocabulary.id(of: "".utf8) == nil)
    vocabulary.insert("".utf8, id: 3)
    #expect(vocabulary.id(of: "".utf8) == 3)
    #expect(vocabulary.piece(of: 3)?.isEmpty == true)
  }
}
