// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

/// The numbers are those of Google's rouge_score.
@Suite struct ROUGETests {
  private static let pairs: [(output: String, target: String, scores: [Double])] = [
    (
      "The cat's mat, 2 doors", "the cat sat on the mat of 2 doors",
      [0.666_666_666_667, 0.307_692_307_692, 0.666_666_666_667]
    ),
    ("police killed the gunman", "the gunman police killed", [1, 0.666_666_666_667, 0.5]),
    ("Ünï code_x", "uni code x", [0.666_666_666_667, 0.5, 0.666_666_666_667]),
    ("a b", "", [0, 0, 0]), ("one", "one", [1, 0, 1]),
  ]

  @Test(arguments: pairs.indices)
  func `runs and subsequences score as rouge_score does`(_ index: Int) {
    let (output, target, scores) = Self.pairs[index]
    for (run, score) in zip([1, 2, nil], scores) {
      #expect(abs(ROUGE.highestF1(of: output, [target], run: run) - score) < 1e-10)
    }
  }

  @Test func `of several answers the nearest counts`() {
    #expect(ROUGE.highestF1(of: "a b c", ["x y", "a b c", "a"], run: 2) == 1)
    #expect(ROUGE.highestF1(of: "a b c", [], run: nil) == 0)
  }
}
