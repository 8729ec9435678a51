// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PrompterCLI

@Suite struct ValueHintTests {
  private func hint(_ line: String, _ arguments: String...) -> String? {
    ValueHint(line: line, arguments: arguments)?.description
  }

  @Test func `what a value should be is told by its name on the help page`() {
    #expect(hint("The value 'ten' is invalid for '--epochs <n>'") == "; a whole number is needed.")
    #expect(hint("The value 'a' is invalid for '--learning-rate <x>'") == "; a number is needed.")
    #expect(hint("The value 'a' is invalid for '--pooling <pooling>'") == nil)
    #expect(hint("The value 'a' is invalid for '<file>'") == nil)
  }

  @Test func `a value that looks like an option gets an equals sign`() {
    let line = "Missing value for '--learning-rate <x>'"
    #expect(
      hint(line, "train", "--learning-rate", "-0.01")
        == "; what begins with a dash is written --learning-rate=-0.01.")
    #expect(hint(line, "train", "--learning-rate", "--seed") == nil)
    #expect(hint(line, "train", "--learning-rate") == nil)
  }

  @Test func `other messages stay as they are`() {
    #expect(hint("Missing expected argument '--output <dir>'") == nil)
    #expect(hint("Give --epochs or --steps, not both.") == nil)
    #expect(hint("") == nil)
    #expect(hint("'") == nil)
  }
}
