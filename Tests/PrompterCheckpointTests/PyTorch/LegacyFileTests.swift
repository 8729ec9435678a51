// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import PrompterTestSupport
import Testing

/// Files of PyTorch before 1.6 that contradict themselves must be refused with a sentence.
@Suite struct LegacyFileTests {
  private static let magic: [UInt8] = [
    0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func file(
    version: String = "M\u{E9}\u{3}.", machine: String = "}.",
    tensors: [UInt8] = PickleMaker.dictionary(["t": PickleMaker.tensor()]),
    keys: [String] = ["0"], count: UInt8 = 12, values: Int = 48
  ) -> [UInt8] {
    var bytes = Self.magic + version.unicodeScalars.map { UInt8($0.value) } + Array(machine.utf8)
    bytes += tensors + Array("](".utf8) + keys.flatMap(PickleMaker.text) + Array("e.".utf8)
    return bytes + [count, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: values)
  }

  private func refusal(_ bytes: [UInt8]) throws -> String {
    let url = try bench.write(bytes, to: "pytorch_model.bin")
    return Workbench.refusal(of: url) { _ = try PyTorchFile(contentsOf: $0) }
  }

  @Test func `the test's own file is sound`() throws {
    #expect(try refusal(file()) == "no error")
  }

  @Test func `another version or machine is refused`() throws {
    #expect(
      try refusal(file(version: "K\u{1}."))
        .hasSuffix("version 1001 of PyTorch's format was expected."))
    #expect(try refusal(file(machine: "N.")).hasSuffix("about the machine was expected."))
    let big = "}X\u{D}\0\0\0little_endian\u{89}s."
    let machine = big.unicodeScalars.map { UInt8($0.value) }
    let parts = Self.magic + [0x4D, 0xE9, 3, 0x2E] + machine
    #expect(
      try refusal(parts) == "its numbers are big-endian; little-endian ones were expected.")
  }

  @Test func `storages that the pickle describes otherwise are refused`() throws {
    let keys = "the keys of the tensors' storages, each once, were expected."
    #expect(try refusal(file(keys: ["1"])).hasSuffix(keys))
    let twice =
      file(keys: ["0", "0"]) + [12, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 48)
    #expect(try refusal(twice).hasSuffix(keys))
    #expect(try refusal(file(keys: [])).hasSuffix("bytes follow the last storage."))
    #expect(
      try refusal(file(count: 11))
        .hasSuffix("a storage of 12 values, as its pickle says, was expected."))
    let whole = file().count
    #expect(
      try refusal(file(values: 47))
        == "FILE is truncated: it should have \(whole) bytes and has \(whole - 1).")
    #expect(try refusal(file(values: 50)) == "2 bytes follow the last storage.")
  }

  @Test func `a part of another storage is refused`() throws {
    let view = PickleMaker.tuple([
      PickleMaker.text("storage"), PickleMaker.global("torch", "FloatStorage"),
      PickleMaker.text("0"), PickleMaker.text("cpu"), PickleMaker.integer(12),
      PickleMaker.tuple([PickleMaker.text("1"), PickleMaker.integer(0), PickleMaker.integer(12)]),
    ])
    let tensors = PickleMaker.dictionary(["t": view + Array("Q".utf8)])
    #expect(
      try refusal(file(tensors: tensors))
        .hasSuffix("a storage of its own and no part of another was expected."))
  }
}
