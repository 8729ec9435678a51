// SPDX-License-Identifier: Apache-2.0

import PrompterTasks
import Testing

@Suite struct TaskDescriptionSelectionTests {
  @Test func `the first metric chooses unless another one is asked for`() throws {
    let task = TaskDescription(kind: .textClassification, metrics: [.accuracy, .macroF1])
    #expect(task.selectingMetric == "accuracy")
    let other = try #require(task.selecting(by: "f1_macro"))
    #expect(other.selectingMetric == "f1_macro")
    #expect(other.metrics == [.macroF1, .accuracy])
    #expect(task.selecting(by: "accuracy") == task)
  }

  @Test func `a metric of labels that the task does not report can choose`() throws {
    let task = TaskDescription(kind: .textClassification, metrics: [.accuracy])
    #expect(
      task.selectableMetrics == ["accuracy", "f1", "f1_macro", "matthews_correlation"])
    let chosen = try #require(task.selecting(by: "matthews_correlation"))
    #expect(chosen.metrics == [.matthews, .accuracy])
    #expect(task.selecting(by: "bleu") == nil)
    #expect(task.selecting(by: "loss") == nil)
  }

  @Test func `metrics of labels are for written answers that are labels`() throws {
    let labels = TaskDescription.labelsAsTexts
    #expect(
      labels.selectableMetrics == ["accuracy", "f1_macro", "f1", "matthews_correlation"])
    #expect(labels.selecting(by: "f1_macro")?.text?.metrics == [.macroF1, .accuracy])
    let free = TaskDescription.freeText
    #expect(free.selectableMetrics == free.text?.metrics.map(\.rawValue))
    #expect(free.selecting(by: "f1_macro") == nil)
    let last = try #require(free.selectableMetrics.last)
    #expect(free.selecting(by: last)?.selectingMetric == last)
  }
}
