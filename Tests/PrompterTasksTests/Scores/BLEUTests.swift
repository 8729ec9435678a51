// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

/// The numbers are a hundredth of what sacreBLEU 2 gives with its defaults.
@Suite struct BLEUTests {
  @Test func `a corpus with several references scores as sacreBLEU does`() {
    let outputs = [
      "the cat sat on the mat near the door", "a quick brown fox jumps over it", "hello there",
    ]
    let references = [
      ["the cat sat on the mat by the door", "the cat is on the mat"],
      ["the quick brown fox jumps over the lazy dog", "a fast brown fox jumps over it all"],
      ["hello there my friend", "hi there"],
    ]
    #expect(abs(BLEU.corpus(outputs, references: references) - 0.701_381_210_772) < 1e-10)
  }

  private static let pairs: [(output: String, reference: String, score: Double)] = [
    // No run of four in common: counted as half a run.
    ("the cat is here now today", "the cat was there now and then", 0.152_072_182_227),
    ("the cat sat on", "the cat sat on the mat near me", 0.367_879_441_171),
    ("x y z w", "a b c d", 0), ("the cat", "the cat", 0), ("", "a b c d", 0),
    ("the cat sat on it", "the cat sat on it", 1),
  ]

  @Test(arguments: pairs.indices)
  func `one output scores as sacreBLEU's corpora of one do`(_ index: Int) {
    let (output, reference, score) = Self.pairs[index]
    #expect(abs(BLEU.corpus([output], references: [[reference]]) - score) < 1e-10)
  }

  @Test func `an output without references is left out`() {
    let outputs = ["the cat sat on it", "nothing to compare"]
    #expect(BLEU.corpus(outputs, references: [["the cat sat on it"], []]) == 1)
    #expect(BLEU.corpus([], references: []) == 0)
  }

  @Test(arguments: [
    (
      "It's 3.5, \"really\" (so-so); R&amp;B <b> costs $1,000... or 2-3!",
      "It's 3.5 , \" really \" ( so-so ) ; R & B < b > costs $ 1,000 . . . or 2 - 3 !"
    ),
    ("a.b,c 10.5.", "a . b , c 10.5 ."), ("5-year x-ray 1990s-era", "5 - year x-ray 1990s-era"),
    ("naïve–café … „x“", "naïve–café … „x“"), ("&lt;x&gt;-\ny\nz", "< x > y z"),
    ("wait..what,,no", "wait . . what , , no"), (".5 and 5.", ". 5 and 5 ."), ("", ""),
  ])
  func `words are those of mteval`(text: String, words: String) {
    #expect(BLEU.words(of: text) == words.split(separator: " ").map(String.init))
  }
}
