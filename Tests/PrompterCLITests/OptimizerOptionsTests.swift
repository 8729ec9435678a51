// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter
import Testing

@testable import PrompterCLI

@Suite struct OptimizerOptionsTests {
  @Test func `every option of Adafactor is read`() throws {
    let options = try OptimizerOptions.parse([
      "--optimizer", "adafactor", "--adafactor-decay", "0.5", "--adafactor-start", "1100000",
      "--adafactor-clipping", "0", "--adafactor-momentum", "0.9", "--adafactor-scaling",
      "--adafactor-factored",
    ])
    try options.check(nil)
    var expected = AdafactorOptions()
    expected.decayExponent = 0.5
    expected.startStep = 1_100_000
    expected.clippingThreshold = nil
    expected.beta1 = 0.9
    expected.isScaledByParameter = true
    expected.isFactored = true
    #expect(options.choice(nil) == .adafactor(expected))
  }

  @Test func `a named optimiser goes before the recipe's`() throws {
    #expect(try OptimizerOptions.parse([]).choice(.lester) == .adafactor())
    #expect(try OptimizerOptions.parse(["--optimizer", "adamw"]).choice(.lester) == .adamW)
    #expect(try OptimizerOptions.parse([]).choice(nil) == .adamW)
  }

  @Test(arguments: [
    ["--adafactor-start", "3"], ["--adafactor-factored"],
    ["--optimizer", "adamw", "--adafactor-scaling"],
  ])
  func `options of another optimiser are refused by name`(_ arguments: [String]) throws {
    let options = try OptimizerOptions.parse(arguments)
    #expect(throws: UsageError.self) { try options.check(nil) }
  }

  @Test(arguments: [
    ["--adafactor-decay=0"], ["--adafactor-start=-1"], ["--adafactor-clipping=nan"],
    ["--adafactor-momentum=1"], ["--weight-decay=-1"], ["--z-loss=inf"],
  ])
  func `numbers that make no optimiser are refused`(_ arguments: [String]) throws {
    let options = try OptimizerOptions.parse(["--optimizer", "adafactor"] + arguments)
    #expect(throws: UsageError.self) { try options.check(nil) }
  }
}
