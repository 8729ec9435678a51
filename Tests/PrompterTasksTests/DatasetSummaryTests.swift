// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTasks
import Testing

@Suite struct DatasetSummaryTests {
  @Test func `examples, labels and lengths are counted`() {
    let examples = [
      Example(text: "one two  three ", label: "10"), Example(text: "é\u{0301}", label: "9"),
      Example(text: "a b", pair: "c", label: "10"), Example(text: ""),
    ]
    let summary = DatasetSummary(of: Dataset(examples: examples, url: URL(filePath: "f")))
    #expect(summary.examples == 4)
    #expect(summary.unlabelled == 1)
    #expect(summary.pairs == 1)
    #expect(summary.labels.map(\.label) == ["9", "10"])
    #expect(summary.labels.map(\.count) == [1, 2])
    #expect(summary.words == LengthStatistics([3, 1, 3, 0]))
    #expect(summary.characters == LengthStatistics([15, 2, 4, 0]))
  }

  @Test func `lengths are ranked`() {
    let statistics = LengthStatistics(Array((1...100).reversed()))
    #expect(statistics.minimum == 1)
    #expect(statistics.median == 50)
    #expect(statistics.mean == 50.5)
    #expect(statistics.percentile95 == 95)
    #expect(statistics.maximum == 100)
    #expect(LengthStatistics([7]).percentile95 == 7)
    #expect(LengthStatistics([]).maximum == 0)
  }
}
