// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterTensor
import PrompterTestSupport
import Testing

@testable import PrompterTasks

@Suite struct TextRegressionTests {
  private static let header =
    "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"

  private func kind(_ name: String = "stsb") throws -> TextRegression {
    TextRegression(try #require(TaskDescription.preset(name)))
  }

  private func read(
    _ text: String, named name: String = "train.tsv", task: String = "stsb",
    requiresAnswers: Bool = true
  ) throws -> Dataset {
    try withFolder { folder in
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      return try kind(task).examples(
        of: ExampleFile(file, requiresAnswers: requiresAnswers), for: .training)
    }
  }

  private func dataset(_ labels: [String?]) -> Dataset {
    Dataset(
      examples: labels.enumerated().map {
        Example(text: "t", label: $0.element, line: $0.offset + 2)
      }, url: URL(filePath: "d.tsv"))
  }

  @Test func `GLUE's own file is read with its open quotes and short rows`() throws {
    let text =
      Self.header
      + "0\tmain\tf\t2012\t1\tnone\tnone\tA \"plane.\tAn air plane.\t5.000\n"
      + "1\tbroken row\n"
      + "2\tmain\tf\t2012\t4\tnone\tnone\tA man.\tA dog's \"bone\".\t0.4\n"
    let examples = try read(text)
    #expect(examples.examples.map(\.text) == ["A \"plane.", "A man."])
    #expect(examples.examples.map(\.pair) == ["An air plane.", "A dog's \"bone\"."])
    #expect(try examples.numbers() == [5, 0.4])
    #expect(examples.omissions.rowCount == 1)
  }

  @Test func `copies call the number a label, and a test file has none`() throws {
    let copy = "sentence1\tsentence2\tlabel\na\tb\t2.5\n"
    #expect(try read(copy).numbers() == [2.5])
    #expect(try read(copy, requiresAnswers: false).numbers() == [2.5])
    let bare = "index\tsentence1\tsentence2\n0\ta\tb\n"
    #expect(try read(bare, requiresAnswers: false).examples.map(\.label) == [nil])
    #expect(complaint { try read(bare) }.contains("has no column for the label (\"score\")"))
    #expect(complaint { try read("sentence1\tscore\na\t1\n") }.contains("sentence2"))
  }

  @Test(arguments: ["", "good", "nan", "1e99", "3,5"])
  func `a label that is no number is told with its line`(label: String) throws {
    let lines = "{\"text\": \"a\", \"label\": 1.5}\n{\"text\": \"b\", \"label\": \"\(label)\"}\n"
    let said = complaint { try read(lines, named: "d.jsonl", task: "text-regression") }
    #expect(said.contains("d.jsonl, line 2"), "\(said)")
    #expect(
      said.hasSuffix(
        label.isEmpty
          ? "has no label, and one is needed here."
          : "the label \"\(label)\" is no number; labels of this task are numbers such as 4 or 2.75."
      ), "\(said)")
  }

  @Test func `numbers of JSON are labels as they are spelled`() throws {
    let lines = "{\"text\": \"a\", \"label\": 1e0}\n{\"text\": \"b\", \"label\": -4}\n"
    #expect(
      try read(lines, named: "d.jsonl", task: "text-regression").numbers() == [1, -4])
  }

  @Test func `numbers that are all the same teach nothing`() throws {
    #expect(
      complaint { try kind().completed(by: dataset(["3", "3.0", "3e0"])) }
        == "d.tsv: all examples have the label `3`; at least two labels are needed.")
    #expect(try kind().completed(by: dataset(["3", "4"])) == kind().task)
    #expect(
      complaint { try kind().check(dataset(["3", nil])) }
        == "d.tsv, line 3 has no label, and one is needed here.")
  }

  @Test func `a head has one output, and its start is the data's`() throws {
    let kind = try kind()
    #expect(kind.outputCount == 1 && !kind.hasLabels)
    #expect(kind.labelCount(in: dataset(["1", "2"])) == nil)
    // Mean 3, variance 4.
    #expect(kind.outputScale(of: targets(1, 5, 1, 5)) == OutputScale(center: 3, deviation: 2))
    #expect(kind.outputScale(of: targets(7, 7)) == OutputScale(center: 7, deviation: 1))
    #expect(TextRegression.task(outputs: 1)?.kind == .textRegression)
    #expect(TextRegression.task(outputs: 2) == nil)
  }

  @Test func `the loss is the mean squared error`() throws {
    let kind = try kind()
    let outputs = Tensor([1, 4, -2], shape: [3, 1])
    let loss = kind.loss(of: Variable(outputs), for: targets(3, 4, 1), scale: 1 / 3, zLoss: 0)
    expectClose(loss.value, Tensor([13 / 3], shape: []))
    checkGradients(of: [outputs]) {
      kind.loss(of: $0[0], for: targets(3, 4, 1), scale: 1 / 3, zLoss: 0)
    }
  }

  private func targets(_ numbers: Float...) -> [MeanTarget<Float>] {
    numbers.map { MeanTarget($0) }
  }

  @Test func `targets of different values have different numbers for the hash`() {
    let all = [0, -0.0, 1, 1.000_000_1, -1].map {
      TextRegression.numbers(of: MeanTarget(Float($0)))
    }
    #expect(Set(all).count == 5)
  }

  @Test func `scores stand beside those of the mean`() throws {
    let kind = try kind("text-regression")
    let examples = dataset(["1", "2", "4", "0", "3"])
    let answers = [1.5, 2, 3.5, 0.5, 4].map { Evaluation.Answer(NumberAnswer($0)) }
    let scores = try kind.evaluation(of: answers, to: examples, name: "p")
    #expect(scores.metrics.keys.sorted() == ["pearson", "r_squared", "spearman"])
    #expect(abs((scores.metrics["r_squared"] ?? 0) - 0.825) < 1e-12)
    #expect(scores.baseline == ["pearson": 0, "spearman": 0, "r_squared": 0])
    #expect(scores.confusion == nil && scores.labels.isEmpty)
    let baseline = try kind.baseline(of: dataset(["0", "2"]), on: examples)
    #expect(baseline == ["pearson": 0, "spearman": 0, "r_squared": -0.5])
  }

  @Test func `a vote is the mean`() throws {
    let answers = [1, 2, 6].map { Evaluation.Answer(NumberAnswer($0)) }
    #expect(try kind().vote(among: answers).text == "3.0")
  }

  @Test func `any metric of numbers may choose`() throws {
    let task = try kind().task
    #expect(task.selectableMetrics == ["pearson", "spearman", "r_squared"])
    #expect(
      task.selecting(by: "r_squared")?.metricNames == ["r_squared", "pearson", "spearman"])
    #expect(task.selecting(by: "accuracy") == nil)
    #expect(task.isAboutPairs && !task.isWritten)
    #expect(try !kind("text-regression").task.isAboutPairs)
  }
}
