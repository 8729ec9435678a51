// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTokenizer
import Testing

@testable import PrompterTasks

@Suite struct DataWarningTests {
  private func dataset(
    _ name: String, _ rows: [(text: String, pair: String?, label: String?)]
  ) -> Dataset {
    Dataset(
      examples: rows.enumerated().map { index, row in
        Example(text: row.text, pair: row.pair, label: row.label, line: index + 2)
      }, url: URL(filePath: name, relativeTo: URL(filePath: "/", directoryHint: .isDirectory)))
  }

  private func texts(_ name: String, _ texts: [String]) -> Dataset {
    dataset(name, texts.enumerated().map { ($1, nil, $0 % 2 == 0 ? "a" : "b") })
  }

  private let training = ["good", "bad", "fine", "dull"]

  @Test func `data of which nothing is odd have no warnings`() {
    let warnings = DataWarning.all(
      training: texts("train.csv", training), validation: texts("dev.csv", ["new", "other"]),
      test: texts("test.csv", ["more", "again"]))
    #expect(warnings.isEmpty)
  }

  @Test func `empty texts are counted, blank ones and second ones too`() {
    let rows = [("a", "b"), ("", "b"), ("a", " \t\u{A0}"), ("a", nil)]
    let data = dataset("t.csv", rows.map { ($0.0, $0.1, nil) })
    #expect(
      DataWarning.all(in: data)
        == [.emptyTexts(file: "t.csv", count: 2, examples: 4, firstLine: 3)])
    #expect(
      DataWarning.all(in: data).map(\.description)
        == ["t.csv: 2 of 4 texts are empty, the first on line 3."])
  }

  @Test func `labels with a single example are named, of the training data alone`() {
    let rows = ["x", "x", "y", "z"].enumerated().map { ("text \($0)", String?.none, $1 as String?) }
    let data = dataset("t.csv", rows)
    let warning = DataWarning.singleExamples(file: "t.csv", labels: ["y", "z"], labelCount: 3)
    let other = dataset("dev.csv", [("new", nil, "x")])
    #expect(DataWarning.all(training: data, validation: other) == [warning])
    #expect(DataWarning.all(training: data, hasLabels: false).isEmpty)
    #expect(
      "\(warning)"
        == "t.csv: of 3 labels 2 have a single example (\"y\", \"z\"), which is too few to learn from."
    )
    #expect(
      "\(DataWarning.singleExamples(file: "t", labels: ["y"], labelCount: 3))"
        .hasPrefix("t: of 3 labels one has a single example (\"y\")"))
  }

  @Test func `texts that two files share are counted for each pair of files`() {
    let warnings = DataWarning.all(
      training: texts("train.csv", training), validation: texts("dev.csv", ["new", "fine", "bad"]),
      test: texts("test.csv", ["new", "good", ""]))
    #expect(
      warnings == [
        .emptyTexts(file: "test.csv", count: 1, examples: 3, firstLine: 4),
        .sharedTexts(file: "dev.csv", count: 2, examples: 3, firstLine: 3, other: "train.csv"),
        .sharedTexts(file: "test.csv", count: 1, examples: 3, firstLine: 3, other: "train.csv"),
        .sharedTexts(file: "test.csv", count: 1, examples: 3, firstLine: 2, other: "dev.csv"),
      ])
    #expect(
      "\(warnings[1])"
        == "dev.csv: 2 of 3 texts are in train.csv too, the first on line 3; their scores say little "
        + "of new texts.")
  }

  @Test func `pairs are shared if both texts are`() {
    let first = dataset("a", [("p", "q", "x"), ("p", "r", "y"), ("s", nil, "x"), ("t", "", "y")])
    let second = dataset("b", [("p", "s", nil), ("pq", nil, nil), ("p", "r", nil)])
    let shared = DataWarning.all(training: first, validation: second).last
    #expect(shared == .sharedTexts(file: "b", count: 1, examples: 3, firstLine: 4, other: "a"))
  }

  @Test func `texts that differ in their normal form are not shared`() {
    let warnings = DataWarning.all(
      training: texts("a", ["caf\u{E9}", "x"]), validation: texts("b", ["cafe\u{301}"]))
    #expect(
      !warnings.contains {
        if case .sharedTexts = $0 { true } else { false }
      })
  }

  @Test func `texts with texts for answers are looked at alike`() {
    func data(_ name: String, _ inputs: [String]) -> TextToTextDataset {
      TextToTextDataset(
        examples: inputs.enumerated().map {
          TextToTextExample(input: $1, targets: ["answer \($0)"], line: $0 + 1)
        }, url: URL(filePath: name, relativeTo: URL(filePath: "/", directoryHint: .isDirectory)))
    }
    let warnings = DataWarning.all(
      training: data("a", ["p", "q"]), validation: data("b", ["q"]), hasLabels: false)
    #expect(warnings == [.sharedTexts(file: "b", count: 1, examples: 1, firstLine: 1, other: "a")])
  }

  @Test func `a vocabulary that knows nine pieces of ten fits`() {
    func warning(unknown: Int) -> DataWarning? {
      var pieces = PieceCounts(of: Numbers())
      pieces.add(Numbers().encode("", pair: nil, maximumLength: unknown))
      return DataWarning(pieces: pieces, file: "t.csv")
    }
    #expect(warning(unknown: 1) == nil)
    #expect(warning(unknown: 2) == .unknownPieces(file: "t.csv", share: 0.2))
    #expect(
      warning(unknown: 7)?.description
        == "t.csv: 70 % of the pieces are unknown to the model's vocabulary; take a model of the "
        + "texts' language, such as a multilingual one.")
  }
}

/// Ten pieces between two special tokens, as many of them unknown as the length that is asked for.
private struct Numbers: Tokenizer {
  let vocabularyCount = 10
  let specialIDs: Set<Int32> = [0]
  let unknownID: Int32? = 1

  func encode(_ text: String, pair: String?, maximumLength: Int) -> Encoding {
    let ids = [0] + (0..<10).map { Int32($0 < maximumLength ? 1 : 2) } + [0]
    return Encoding(
      ids: ids, segments: ids.map { _ in 0 }, words: [nil] + (0..<10).map { $0 } + [nil],
      offsets: ids.map { _ in 0..<0 })
  }

  func ids(of text: String) -> [Int32] { [] }
  func piece(of id: Int32) -> String? { nil }
  func id(of piece: String) -> Int32? { nil }
}
