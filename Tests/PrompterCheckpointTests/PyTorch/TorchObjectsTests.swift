// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import PrompterTestSupport
import Testing

/// Tensors and storages that cannot be must be refused with a sentence, before memory is asked for.
@Suite struct TorchObjectsTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func write(_ value: [UInt8]) throws -> URL {
    let archive = ArchiveMaker(
      pickle: PickleMaker.dictionary(["t": value]),
      storages: [(0..<48).map { UInt8($0) }])
    return try bench.write(archive.bytes, to: "pytorch_model.bin")
  }

  private func refusal(_ value: [UInt8]) throws -> String {
    Workbench.refusal(of: try write(value)) { _ = try PyTorchFile(contentsOf: $0) }
  }

  @Test func `the maker's own tensor is sound`() throws {
    let file = try PyTorchFile(contentsOf: write(PickleMaker.tensor()))
    #expect(file.entry("t")?.shape == [3, 4])
  }

  @Test(arguments: [
    (0, [13], [1]), (1, [12], [1]), (12, [1], [1]), (13, [0], [1]), (0, [3, 4], [4, 2]),
    // One value repeated is no tensor here: it could ask for any amount of memory.
    (0, [13], [0]), (0, [1 << 40], [0]), (0, [1 << 20, 1 << 20], [0, 0]),
    (0, [1 << 62, 4, 0], [1, 1, 1]), (0, [2], [Int.max]), (0, [3, 3], [Int.max, Int.max]),
    (0, [Int.max], [1]),
    (0, [-1], [1]), (0, [2], [-1]), (0, [2, 2], [1]), (0, [], [1]),
    (0, [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65)),
  ])
  func `a tensor beyond its storage is refused`(
    offset: Int, extents: [Int], strides: [Int]
  ) throws {
    let value = PickleMaker.tensor(offset: offset, extents: extents, strides: strides)
    let sentence = "a tensor within the 12 values of the storage `0` was expected."
    #expect(try refusal(value).hasSuffix(sentence))
  }

  @Test func `strides along axes of one index do not matter`() throws {
    let value = PickleMaker.tensor(extents: [1, 12, 1], strides: [.max, 1, .max])
    let file = try PyTorchFile(contentsOf: write(value))
    #expect(try file.tensor("t").shape == [1, 12, 1])
  }

  @Test func `operands that are no tensor's are refused`() throws {
    let sentence = "a tensor's storage, offset, extents and strides were expected."
    #expect(try refusal(PickleMaker.tensor(offset: -1)).hasSuffix(sentence))
    #expect(try refusal(PickleMaker.tensor(PickleMaker.text("0"))).hasSuffix(sentence))
    let call = PickleMaker.call(
      PickleMaker.global("torch._utils", "_rebuild_tensor_v2"), [PickleMaker.storage()])
    #expect(try refusal(call).hasSuffix(sentence))
    #expect(
      try refusal(PickleMaker.tensor(PickleMaker.storage(type: "UntypedStorage", count: 48)))
        .hasSuffix("a storage with a type was expected."))
  }

  @Test func `storages that the file has otherwise or not at all are refused`() throws {
    #expect(
      try refusal(PickleMaker.tensor(PickleMaker.storage("9"))) == "the storage `9` is missing.")
    #expect(
      try refusal(PickleMaker.tensor(PickleMaker.storage("../a")))
        == "the storage `../a` is missing.")
    #expect(
      try refusal(PickleMaker.tensor(PickleMaker.storage(count: 13)))
        == "the storage `0` has 48 bytes instead of 52.")
    #expect(
      try refusal(PickleMaker.tensor(PickleMaker.storage(count: 1 << 58)))
        == "the storage `0` has 48 bytes instead of \(1 << 60).")
    for count in [-1, 1 << 59, .max] {
      #expect(
        try refusal(PickleMaker.tensor(PickleMaker.storage(count: count)))
          .hasSuffix("a storage with its type, key and count was expected."))
    }
    let twice = PickleMaker.storage() + Array("0".utf8) + PickleMaker.storage(type: "HalfStorage")
    #expect(
      try refusal(twice).hasSuffix(
        "the storage `0` with its former type and count was expected."))
  }

  @Test(arguments: ["module", "storage"])
  func `identifiers of other things are refused`(kind: String) throws {
    let parts = [PickleMaker.text(kind), PickleMaker.text("x")]
    #expect(
      try refusal(PickleMaker.tuple(parts) + Array("Q".utf8))
        .hasSuffix("a storage with its type, key and count was expected."))
    #expect(
      try refusal(Array("NQ".utf8))
        .hasSuffix("a storage with its type, key and count was expected."))
  }
}
