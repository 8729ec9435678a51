// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterCore
import PrompterNN
import PrompterTensor
import Testing

@testable import PrompterModels

@Suite struct DistanceBiasesTests {
  @Test(arguments: [true, false])
  func `distances fall into the buckets that transformers has`(isCausal: Bool) throws {
    let file = try SafetensorsFile(
      contentsOf: TinyT5.fixtures.appending(path: "buckets.safetensors"))
    for (count, reach) in [(32, 128), (8, 10), (64, 256), (16, 500)] {
      let positions = DistanceBiases(
        table: Parameter("table", Tensor(zeros: [count, 1]), isTrained: false),
        isCausal: isCausal, reach: reach)
      let kind = isCausal ? "causal" : "bidirectional"
      let expected = try file.tensor("\(kind).\(count).\(reach)").values.map { Int($0) }
      #expect((-600...600).map { positions.bucket(of: $0) } == expected)
    }
  }
}
