// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterTasks

@Suite struct PositiveLabelTests {
  @Test(arguments: [
    (["equivalent", "not_equivalent"], "equivalent"),
    (["not_equivalent", "equivalent"], "equivalent"),
    (["Not Equivalent", "Equivalent"], "Equivalent"),
    (["duplicate", "not-duplicate"], "duplicate"),
    (["0", "1"], "1"), (["1", "0"], "1"), (["-1", "1"], "1"), (["1", "2"], "2"),
    (["0.0", "1.0"], "1.0"),
    (["False", "True"], "True"), (["true", "false"], "true"), (["yes", "no"], "yes"),
    (["paraphrase", "non_paraphrase"], "paraphrase"), (["different", "same"], "same"),
    (["entailment", "not_entailment"], "entailment"), (["negative", "positive"], "positive"),
    (["happy", "unhappy"], "happy"), (["spam", "ham"], "spam"), (["refund", "other"], "refund"),
    (["a", "b"], "b"), (["a", "b", "c"], "c"),
  ])
  func `the label that affirms is positive, whatever its spelling or place`(
    labels: [String], positive: String
  ) throws {
    let index = try #require(PositiveLabel.index(in: labels))
    #expect(labels[index] == positive)
  }

  @Test func `without labels none is positive`() {
    #expect(PositiveLabel.index(in: []) == nil)
  }

  @Test func `F1 of MRPC is that of equivalent, so whoever never answers it has none`() throws {
    var task = try #require(TaskDescription.preset("mrpc"))
    task.labels = ["equivalent", "not_equivalent"]
    #expect(task.positiveLabel == "equivalent")
    let references = (0..<40).map { $0 % 4 == 0 ? 0 : 1 }
    let majority = MajorityBaseline(trainingLabels: references, labelCount: 2)
    let scores = majority.scores(
      references: references, metrics: [.accuracy, .f1], positiveClass: task.positiveLabelIndex)
    #expect(scores == [.accuracy: 0.75, .f1: 0])
    #expect(TaskDescription.preset("sst2")?.positiveLabel == nil)
  }

  @Test func `presets of texts count the class of their published metric`() throws {
    for (name, label) in [
      ("mrpc", "equivalent"), ("qqp", "duplicate"), ("multirc", "True"),
    ] {
      #expect(try #require(TaskDescription.textToText(name)).positiveLabel == label)
    }
  }
}
