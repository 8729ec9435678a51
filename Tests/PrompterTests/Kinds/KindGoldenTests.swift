// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterAutodiff
import PrompterCheckpoint
import PrompterCore
import PrompterKernels
import PrompterModels
import PrompterTasks
import PrompterTensor
import Testing

/// Numbers of PyTorch for kinds of task that read more than one state or row of an example.
@Suite struct KindGoldenTests {
  private static let methods = ["p-tuning-v2", "p-tuning-v2-mlp", "prompt-tuning"]

  @Test(arguments: methods)
  func `multiple choice gives, learns and loses what PyTorch does`(method: String) throws {
    let kind = MultipleChoice(TaskDescription(kind: .multipleChoice))
    let golden = try KindGolden("multiple-choice-\(method)", kind) { file in
      zip(try file.tensor("counts").values, try file.tensor("labels").values).map {
        MultipleChoice.Target(count: Int($0), right: [Int($1)])
      }
    }
    try golden.check { $0 }
  }

  @Test(arguments: methods)
  func `pairs of spans give, learn and lose what PyTorch does`(method: String) throws {
    let kind = SpanPairClassification(
      TaskDescription(kind: .spanPairClassification, labels: ["a", "b", "c"]))
    let golden = try KindGolden("span-pairs-\(method)", kind) { file in
      try file.tensor("labels").values.map { Int32($0) }
    }
    try golden.check(kind.logits)
  }

  @Test(arguments: ["p-tuning-v2", "prompt-tuning"])
  func `labels' words score, learn and lose what PyTorch's do`(method: String) throws {
    var verbalizer = try Verbalizer(
      template: TextTemplate("{text} [MASK]"),
      labels: [
        Verbalizer.Label("a", words: ["v", "w"], tokens: [[17], [8, 33]]),
        Verbalizer.Label("b", words: ["x", "y"], tokens: [[40], [17, 21]]),
      ])
    verbalizer.width = 24
    let kind = TextClassification(
      TaskDescription(kind: .textClassification, labels: ["a", "b"], verbalizer: verbalizer))
    let folder = KindGolden<TextClassification>.fixtures.appending(path: "masked-heads/bert/model")
    let backbone = try ModelFamilies.configuration(from: ModelFolder(folder)).backbone(
      from: Weights(contentsOf: folder), isTrained: false, replacing: [:], precision: .float32)
    let golden = try KindGolden(
      "verbalizer-\(method)", kind, on: backbone, in: "masked-heads"
    ) { file in
      try file.tensor("labels").values.map { MeanTarget(Int32($0), rowCount: 2) }
    }
    let cloze = try #require(Cloze(verbalizer))
    try golden.check { cloze.scores(of: $0) }
  }
}
