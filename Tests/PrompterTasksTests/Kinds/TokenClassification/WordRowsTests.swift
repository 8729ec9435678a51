// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTestSupport
import PrompterTokenizer
import Testing

@testable import PrompterTasks

@Suite struct WordRowsTests {
  private struct Line: Decodable {
    let tokens: [String]
    let ids: [Int32]
    let words: [Int32?]
  }

  private func rows(
    _ words: [String], _ predicate: String? = nil, maximumLength: Int = 512, all: Bool = false
  ) throws -> [EncodedInput] {
    let sentence = TaggedSentence(words: words)
    return try WordRows(
      question: Question(sentence.text, predicate, words: sentence.ranges),
      reader: Tagging.reader(maximumLength: maximumLength), readsAllPieces: all
    ).rows()
  }

  @Test func `words given have transformers' pieces and word_ids`() throws {
    let file = Tagging.fixtures.appending(path: "tagging/words.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    #expect(lines.count == 200)
    for line in lines {
      let row = try #require(rows(line.tokens, all: true).first)
      #expect(row.ids == line.ids, "\(line.tokens)")
      var found = [Int32?](repeating: nil, count: row.ids.count)
      for (place, mark) in zip(row.reads ?? [], row.marks ?? []) where mark >= 0 {
        found[place] = mark
      }
      #expect(found == line.words, "\(line.tokens)")

      // At first pieces alone there is a place for each word, and of those with pieces the first.
      let first = try #require(rows(line.tokens).first)
      let places = try #require(first.reads)
      #expect(places.count == line.tokens.count)
      for (word, mark) in (first.marks ?? []).enumerated() {
        let piece = line.words.firstIndex(of: Int32(word))
        #expect(mark == (piece == nil ? -1 : Int32(word)) && piece ?? places[word] == places[word])
      }
    }
  }

  @Test(arguments: [8, 9, 16, 40])
  func `each word of a long text is read once, where it has most around it`(length: Int) throws {
    var random = SeededRandom(seed: length)
    let known = ["film", "storyteller", "it", "unbelievably", "\u{1}", "was", "."]
    for _ in 0..<20 {
      let words = (0...Int(random.next() % 90)).map { _ in known[Int(random.next() % 7)] }
      let whole = try #require(rows(words).first)
      let windows = try rows(words, maximumLength: length)
      #expect(windows.allSatisfy { $0.ids.count <= length && !$0.isCut })
      #expect(windows.allSatisfy(\.isWindow) == (whole.ids.count > length))
      let marks = windows.flatMap { $0.marks ?? [] }
      #expect(marks == whole.marks)
      let read = windows.flatMap { row in (row.reads ?? []).map { row.ids[$0] } }
      for (word, mark) in marks.enumerated() where mark >= 0 {
        #expect(try read[word] == whole.ids[#require(whole.reads)[word]])
      }
      let all = try rows(words, maximumLength: length, all: true).flatMap { $0.marks ?? [] }
      #expect(Set(all) == Set(marks))
    }
  }

  @Test func `words stand away from the ends of windows, but for the text's own`() throws {
    let words = Array(repeating: "the", count: 100)
    let windows = try rows(words, maximumLength: 42)
    // 40 pieces of the text each, ten of them in the next window too.
    #expect(windows.map { $0.reads?.count } == [35, 30, 35])
    #expect(windows[1].reads?.first == 6 && windows[1].reads?.last == 35)
  }

  @Test func `a predicate follows the words and another separator`() throws {
    let tokenizer = try Tagging.reader().tokenizer
    let row = try #require(rows(["the", "was", "storytelling"], "storytelling").first)
    let pieces = row.ids.map { tokenizer.piece(of: $0) ?? "" }
    let spelled = tokenizer.ids(of: "storytelling").map { tokenizer.piece(of: $0) ?? "" }
    #expect(
      pieces == ["[CLS]", "the", "was"] + spelled + ["[SEP]"] + spelled + ["[SEP]"])
    #expect(row.segments.allSatisfy { $0 == 0 })
    #expect(row.reads == [1, 2, 3])
    let windows = try rows(
      Array(repeating: "the", count: 50), "the", maximumLength: 20)
    #expect(windows.count > 3 && windows.allSatisfy { $0.ids.count <= 20 })
    #expect(
      windows.allSatisfy {
        $0.ids.suffix(3).map { tokenizer.piece(of: $0) } == ["[SEP]", "the", "[SEP]"]
      })
    #expect(throws: TextProblem.self) { try rows(["the", "the"], "the", maximumLength: 4) }
  }

  @Test func `of no words the first token is read`() throws {
    let rows = try rows([])
    #expect(rows.count == 1 && rows[0].reads == [0] && rows[0].marks == [-1])
  }
}
