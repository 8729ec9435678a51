// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Prompter
import Testing

@testable import PrompterCLI

@Suite struct MethodOptionsTests {
  // What is said of options that a method has or has not.
  private func sentence(
    _ arguments: [String], for method: MethodName, start: PromptStart? = nil
  ) throws -> String {
    let options = try MethodOptions.parse(arguments)
    do {
      try options.check(for: method.checked(), start: start)
      return "fine"
    } catch { return "\(error)" }
  }

  @Test func `an option of one method is refused by the others`() throws {
    let own: [MethodName: [[String]]] = [
      .pTuningV2: [
        ["--prompt-layers", "1"], ["--prompt-stack", "decoder"], ["--prompt-dropout", "0.2"],
        ["--reparameterization", "mlp"],
      ],
      .promptTuning: [["--prompt-placement", "before-end"], ["--decoder-prompt-length", "3"]],
    ]
    for method in MethodName.allCases {
      for (owner, options) in own {
        for arguments in options {
          #expect(
            try sentence(arguments, for: method)
              == (owner == method
                ? "fine" : "\(arguments[0]) does not apply to \(method.rawValue)."))
        }
      }
      #expect(
        try sentence(["--prompt-length", "3"], for: method)
          == (own[method] == nil
            ? "--prompt-length does not apply to \(method.rawValue)." : "fine"))
    }
  }

  @Test func `each method says what it starts from`() throws {
    #expect(try sentence([], for: .promptTuning, start: .labels) == "fine")
    #expect(try sentence([], for: .pTuningV2, start: .prompt("p")) == "fine")
    #expect(
      try sentence([], for: .pTuningV2, start: .labels)
        == "p-tuning-v2 starts from random or prompt:DIR; other starts are for prompt-tuning.")
    #expect(
      try sentence([], for: .headOnly, start: .random)
        == "--prompt-init does not apply to head-only.")
  }

  @Test func `numbers that make no prompt are refused`() throws {
    #expect(
      try sentence(["--prompt-length", "0"], for: .pTuningV2)
        .hasPrefix("--prompt-length must be at least 1"))
    #expect(
      try sentence(["--reparameterization-width", "5"], for: .pTuningV2)
        == "--reparameterization-width needs --reparameterization mlp.")
    #expect(
      try sentence(["--prompt-dropout", "1"], for: .pTuningV2)
        == "--prompt-dropout must be at least 0 and below 1, not 1.0.")
    #expect(
      try sentence(["--reparameterization", "lstm"], for: .headOnly).contains("lstm"))
  }

  @Test func `methods of later versions are known by name`() throws {
    #expect(MethodName(argument: "few-shot")?.rawValue == "few-shot")
    #expect(MethodName(argument: "magic") == nil)
    #expect(throws: UsageError.self) { try MethodName(rawValue: "few-shot").checked() }
  }

  @Test func `options become settings, counted for a shape`() throws {
    let shape = BackboneShape(
      layerCount: 3, decoderLayerCount: 2, width: 8, attentionWidth: 6, parameterCount: 1_000)
    func count(_ arguments: [String], _ method: MethodName) throws -> Int {
      try MethodOptions.parse(arguments).settings(of: method.checked(), for: shape)
        .parameterCount(for: shape)
    }
    #expect(try count([], .pTuningV2) == 20 * 3 * 2 * 6)
    #expect(try count(["--prompt-layers", "2-3", "--prompt-length", "5"], .pTuningV2) == 5 * 24)
    #expect(try count(["--prompt-stack", "decoder"], .pTuningV2) == 20 * 2 * 2 * 6)
    #expect(try count(["--reparameterization", "mlp"], .pTuningV2) == 20 * 8 + 8 * 9 + 36 * 9)
    #expect(try count([], .promptTuning) == 20 * 8)
    #expect(try count(["--decoder-prompt-length", "4"], .promptTuning) == 24 * 8)
    #expect(try count([], .headOnly) == 0 && count([], .fineTuning) == 1_000)
  }

  @Test func `help says what suits each method`() {
    #expect(MethodOptions.usualStarts == "random for p-tuning-v2, vocabulary for prompt-tuning")
    #expect(PlanOptions.suitedWords.converged == "head-only")
    #expect(PlanOptions.suitedWords.headRates == "0.001 for fine-tuning")
    #expect(
      PlanOptions.suitedWords.rates
        == "0.01 for p-tuning-v2, 0.02 for prompt-tuning, 0.005 for head-only if it takes steps, "
        + "0.0001 for fine-tuning, 0.00005 where it writes texts")
  }
}
