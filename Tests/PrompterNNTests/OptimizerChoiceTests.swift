// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterNN
import PrompterTensor
import Testing

@Suite struct OptimizerChoiceTests {
  @Test func `a choice makes the optimiser that it names`() {
    let parameter = Parameter("p", Tensor(zeros: [2]), isTrained: true)
    let adamW = OptimizerChoice.adamW.make([parameter], weightDecay: 0.5)
    #expect((adamW as? AdamW)?.weightDecay == 0.5)
    var options = AdafactorOptions()
    options.startStep = 7
    let choice = OptimizerChoice.adafactor(options)
    let adafactor = choice.make([parameter], weightDecay: 1e-5) as? Adafactor
    #expect(adafactor?.options == options && adafactor?.weightDecay == 1e-5)
    #expect(OptimizerChoice.adamW.name == "adamw" && choice.name == "adafactor")
  }

  @Test func `options are written under the names of files and read again`() throws {
    var options = AdafactorOptions()
    options.startStep = 1_100_000
    options.clippingThreshold = nil
    options.beta1 = 0.5
    let data = try JSONEncoder().encode(options)
    #expect(String(decoding: data, as: UTF8.self).contains("\"start_step\":1100000"))
    #expect(try JSONDecoder().decode(AdafactorOptions.self, from: data) == options)
  }
}
