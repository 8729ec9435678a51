// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterTensor
import Testing

@testable import PrompterTasks

@Suite struct VerbalizerTests {
  private let labels = [
    Verbalizer.Label("no", words: ["bad"], tokens: [[7]]),
    Verbalizer.Label("yes", words: ["good", "very fine"], tokens: [[3], [7, 5]]),
  ]

  private func verbalizer(_ template: String = "{text} [MASK]") throws -> Verbalizer {
    try Verbalizer(template: TextTemplate(template), labels: labels)
  }

  @Test func `a label's score is its words' mean, a word's that of its pieces at their masks`()
    throws
  {
    let cloze = try #require(Cloze(verbalizer()))
    #expect(cloze.maskCounts == [1, 2] && cloze.outputTokens == [3, 5, 7])
    // The logits of tokens 3, 5 and 7 at one mask, and at the first and the second of two.
    let logits: [[Float]] = [[1, 2, 3], [10, 20, 30, 100, 200, 300]]
    #expect(cloze.scores(of: logits) == [3, (1 + (30 + 200) / 2) / 2])
    let two = Variable(
      Tensor(logits.flatMap(\.self) + [Float](repeating: 1, count: 9), shape: [6, 3]))
    let scores = cloze.scores(of: two)
    #expect(scores.shape == [2, 2] && scores.value.values == [3, 58, 1, 1])
  }

  @Test func `what cannot be asked is refused with what is wrong`() throws {
    func complaint(_ template: String, _ labels: [Verbalizer.Label]) -> String {
      do {
        _ = try Verbalizer(template: TextTemplate(template), labels: labels)
        return ""
      } catch { return "\(error)" }
    }
    for (template, labels, words) in [
      ("{text}", self.labels, "0 places `[MASK]`"),
      ("[MASK] {text} [MASK]", self.labels, "2 places `[MASK]`"),
      ("[MASK]", self.labels, "no `{text}`"),
      ("{text} {title} [MASK]", self.labels, "a column `title`"),
      ("{text} [MASK]", [labels[0]], "words for 1 labels"),
      ("{text} [MASK]", labels + [labels[0]], "stands for `no` and for `no`"),
      ("{text} [MASK]", [labels[0], .init("a", words: [])], "`a` has no word"),
      ("{text} [MASK]", [labels[0], .init("a", words: [""])], "`a` has no word"),
      ("{text} [MASK]", [labels[0], .init("no", words: ["x"])], "a label twice"),
    ] {
      #expect(complaint(template, labels).contains(words), "\(template): \(words)")
    }
  }

  @Test func `a card keeps it, and one that makes no sense is refused`() throws {
    var verbalizer = try verbalizer()
    verbalizer.width = 8
    let data = try JSONEncoder().encode(verbalizer)
    #expect(try JSONDecoder().decode(Verbalizer.self, from: data) == verbalizer)
    let text = String(decoding: data, as: UTF8.self)
    for (old, new) in [
      ("[MASK]", "[MASKS]"), ("[7,5]", "[]"), ("[7,5]", "[-1]"), ("[[7]]", "[[7],[7]]"),
      (#""width":8"#, #""width":0"#),
    ] {
      let damaged = text.replacing(old, with: new)
      #expect(damaged != text)
      #expect(throws: DecodingError.self, "\(new)") {
        try JSONDecoder().decode(Verbalizer.self, from: Data(damaged.utf8))
      }
    }
  }
}
