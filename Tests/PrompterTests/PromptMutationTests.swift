// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTestSupport
import Testing

/// Damaged folders either load or throw one sentence; nothing in them may end the process.
@Suite(.namesValues) struct PromptMutationTests {
  private static let numbers = [
    "0", "-1", "1e9", "1e400", "65536", "1048576", "4611686018427387904", "9223372036854775807",
    "9223372036854775808", "null", "[]", "{}", "\"\"", "true",
  ]

  private func damaged(_ original: Data, with random: inout SeededRandom) -> Data {
    var bytes = Array(original)
    func place() -> Int { Int(random.next() % UInt64(bytes.count)) }
    switch random.next() % 4 {
    case 0:
      bytes.removeLast(1 + place())
    case 1:
      for _ in 0..<1 + random.next() % 4 { bytes[place()] ^= 1 << UInt8(random.next() % 8) }
    case 2:
      let digits = bytes.indices.filter { 0x30...0x39 ~= bytes[$0] }
      guard let start = digits.randomElement(using: &random) else { break }
      let end = bytes[start...].firstIndex { !(0x30...0x39 ~= $0) } ?? bytes.endIndex
      let number = Self.numbers.randomElement(using: &random) ?? "0"
      bytes.replaceSubrange(start..<end, with: number.utf8)
    default:
      let from = place()
      let piece = bytes[from..<min(bytes.count, from + 40)]
      bytes.insert(contentsOf: piece, at: place())
    }
    return Data(bytes)
  }

  private func survive(_ bench: PromptBench, _ name: String, seeds: Range<Int>) throws {
    let file = bench.prompt.appending(component: name)
    let original = try Data(contentsOf: file)
    try withEvery("seed", in: seeds) { seed in
      var random = SeededRandom(seed: seed)
      try damaged(original, with: &random).write(to: file)
      do {
        _ = try Prompt(contentsOf: bench.prompt)
      } catch {
        #expect("\(error)".hasSuffix("."), "\(error)")
      }
    }
    try original.write(to: file)
  }

  @Test(arguments: Prompt.sampleNames)
  func `damaged prompts never trap`(kind: String) throws {
    let bench = try PromptBench()
    try Prompt.sample(kind).write(to: bench.prompt)
    try bench.forgetHash()
    for name in try bench.names(in: bench.prompt) where name != "adapter_config.json" {
      try survive(bench, name, seeds: 0..<60)
    }
  }

  @Test(arguments: ["peft-prefix", "peft-prompt"])
  func `damaged adapters never trap`(fixture: String) throws {
    let bench = try PromptBench()
    try FileManager.default.copyItem(at: PromptBench.fixture(fixture), to: bench.prompt)
    for name in ["adapter_config.json", "adapter_model.safetensors"] {
      try survive(bench, name, seeds: 0..<60)
    }
  }

  @Test func `every truncation of a card is refused`() throws {
    let bench = try PromptBench()
    try Prompt.sample("head only").write(to: bench.prompt)
    let file = bench.prompt.appending(component: "prompter.json")
    let card = try Data(contentsOf: file)
    for length in stride(from: 0, to: card.count - 2, by: 7) {
      try card.prefix(length).write(to: file)
      expect("prompter.json is damaged or of another format") {
        try Prompt(contentsOf: bench.prompt)
      }
    }
  }
}
