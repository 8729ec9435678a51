// SPDX-License-Identifier: Apache-2.0

import PrompterNN
import PrompterCore
import PrompterKernels
import PrompterMethods
import PrompterTensor
import Testing

/// What is saved and served says the same as what was trained.
@Suite struct FoldingTests {
  @Test(arguments: GoldenCase.names.filter { $0.hasPrefix("p-tuning-v2-mlp") })
  func `an MLP folds into PyTorch's flat prompt`(name: String) throws {
    let golden = try GoldenCase(name)
    let deep = try #require(try golden.trainingRun().method.folded().deep)
    #expect(deep.layers == 0..<3)
    try #expect(gap(deep.table.values, golden.values("folded.prompt")) < 1e-5)
  }

  @Test(arguments: GoldenCase.names.filter { !$0.hasPrefix("fine-tuning") })
  func `a folded prompt gives the method's logits`(name: String) throws {
    let run = try GoldenCase(name).trainingRun()
    let folded = PromptState.folded([run.method.folded()])
    let made = run.method.makeState(in: .inference())
    #expect(run.logits(state: folded).values == run.logits(state: made).values)
  }

  @Test func `a table over a range of layers is zero elsewhere and goes on training as it was`()
    throws
  {
    let golden = try GoldenCase("p-tuning-v2-layers-pair-cls")
    let run = try golden.trainingRun()
    let deep = try #require(run.method.folded().deep)
    #expect(deep.layers == 1..<3)
    try #expect(deep.table.values == golden.values("parameter.prompt"))
    let again = PTuningV2(deep, size: PTuningV2.Size(layerCount: 3, width: 32))
    #expect(again.parameters[0].value.values == run.method.parameters[0].value.values)
    #expect(again.folded().deep?.table.values == deep.table.values)
  }

  @Test func `a folded input prompt keeps its values when training goes on`() throws {
    let run = try GoldenCase("prompt-tuning-pair-cls").trainingRun()
    let folded = run.method.folded()
    let before = try #require(folded.input).values
    run.method.parameters[0].value.buffer[0] += 1
    #expect(folded.input?.values == before)
  }
}
