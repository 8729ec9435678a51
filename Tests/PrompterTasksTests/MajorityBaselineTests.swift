// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterTasks
import Testing

@Suite struct MajorityBaselineTests {
  @Test func `the most frequent training label is scored on the evaluation set`() throws {
    let space = try LabelSpace(["no", "yes"])
    let baseline = try MajorityBaseline(
      training: dataset(["yes", "no", "yes"]), labels: space)
    #expect(baseline.index == 1)
    #expect(baseline.trainingShare == 2.0 / 3)
    // "no" is the more frequent label here, and must not be the one that is answered.
    let scores = try baseline.scores(
      on: dataset(["no", "no", "no", "yes"]), labels: space, metrics: [.accuracy, .f1, .matthews])
    #expect(scores == [.accuracy: 0.25, .f1: 0.4, .matthews: 0])
  }

  @Test func `of equally frequent labels the first is taken`() {
    #expect(MajorityBaseline(trainingLabels: [2, 1, 1, 2], labelCount: 3).index == 1)
  }

  @Test func `nothing to learn from is not a crash`() {
    let baseline = MajorityBaseline(trainingLabels: [], labelCount: 2)
    #expect(baseline.index == 0)
    #expect(baseline.trainingShare == 0)
    #expect(baseline.scores(references: [], metrics: [.accuracy]) == [.accuracy: 0])
  }

  @Test func `an unlabelled training set is refused`() throws {
    let space = try LabelSpace(["no", "yes"])
    #expect(
      complaint { try MajorityBaseline(training: dataset([nil]), labels: space) }
        == "file.tsv, line 1 has no label, and one is needed here.")
  }

  private func dataset(_ labels: [String?]) -> Dataset {
    Dataset(
      examples: labels.map { Example(text: "text", label: $0) }, url: URL(filePath: "file.tsv"))
  }
}
