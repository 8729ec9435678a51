// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
@testable import PrompterTraining
import PrompterCheckpoint
import PrompterNN
import PrompterTensor
import PrompterTestSupport
import PrompterToySupport
import Testing

@Suite struct BestParametersTests {
  private let parameters = [Parameter("p", Tensor([1, 2], shape: [2]), isTrained: true)]

  @Test func `the parameters as they are become a copy before they change`() {
    let current = BestParameters.current
    #expect(current.value(0, of: parameters).buffer === parameters[0].value.buffer)
    let kept = current.beforeStep(of: parameters)
    parameters[0].value.buffer.fill(with: 7)
    #expect(kept.value(0, of: parameters).values == [1, 2])
    #expect(
      kept.beforeStep(of: parameters).value(0, of: parameters).buffer
        === kept.value(0, of: parameters).buffer)
  }

  @Test func `those of a file stay when the file is replaced`() throws {
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let file = bench.folder.appending(component: "state.safetensors")
    try SafetensorsFile.write(["best.p": parameters[0].value], metadata: [:], to: file)
    let kept = try BestParameters.kept(in: file, of: parameters)
    try SafetensorsFile.write(["best.p": Tensor([5, 6], shape: [2])], metadata: [:], to: file)
    #expect(kept.value(0, of: parameters).values == [1, 2])
  }
}
