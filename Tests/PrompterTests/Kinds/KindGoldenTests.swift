// SPDX-License-Identifier: Apache-2.0

import PrompterAutodiff
import PrompterCheckpoint
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
}
