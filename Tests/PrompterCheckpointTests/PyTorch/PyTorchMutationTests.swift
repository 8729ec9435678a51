// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTestSupport
import Testing

/// Damaged checkpoints either load or throw; nothing that a file says may end the process.
@Suite(.namesValues) struct PyTorchMutationTests {
  private static let tokens = [
    "ctorch\nFloatStorage\n", "ctorch\nUntypedStorage\n", "ctorch\nfloat32\n", "cos\nsystem\n",
    "ccollections\nOrderedDict\n", "(", ")", "t", "R", "Q", "}", "]", "u", "s", "b", "h\u{0}",
    "q\u{0}", "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "X\u{1}\0\0\0a", "0", "2", ".",
  ]

  /// Reads a file as a program would; true if it is refused.
  private func isRefused(_ url: URL) throws -> Bool {
    do {
      let file = try PyTorchFile(contentsOf: url)
      for name in file.names { _ = try? file.tensor(name) }
      return false
    } catch let error as CheckpointError {
      #expect(error.description.hasSuffix("."), "\(error)")
      return true
    }
  }

  @Test(arguments: ["zip.bin", "zip-protocol-4.bin", "legacy.bin", "legacy-protocol-4.bin"])
  func `thousands of damaged files load or throw`(name: String) throws {
    let file = try Overwriting("damaged", on: Workbench())
    let original = try Workbench.bytes(of: "pytorch/\(name)")
    var mutations = Mutations(seed: name.utf8.count, tokens: Self.tokens)
    var refused = 0
    let count = Mutations.count(1000)
    for _ in 0..<count {
      try file.write(mutations.damaged(original))
      if try isRefused(file.url) { refused += 1 }
    }
    #expect(refused > count / 4, "\(refused) of \(count)")
  }

  // In an archive most damage is to padding or to what the archive's own checks find.
  @Test func `thousands of damaged pickles in sound archives load or throw`() throws {
    let file = try Overwriting("damaged", on: Workbench())
    let pickle = PickleMaker.dictionary([
      "a": PickleMaker.tensor(), "b": PickleMaker.tensor(extents: [4, 3], strides: [1, 4]),
      "c": PickleMaker.tensor(PickleMaker.storage("1", type: "HalfStorage", count: 24)),
    ])
    let storages = [[UInt8](repeating: 1, count: 48), [UInt8](repeating: 2, count: 48)]
    var mutations = Mutations(seed: 3, tokens: Self.tokens)
    var refused = 0
    let count = Mutations.count(3000)
    for _ in 0..<count {
      let damaged = mutations.damaged(pickle)
      try file.write(ArchiveMaker(pickle: damaged, storages: storages).bytes)
      if try isRefused(file.url) { refused += 1 }
    }
    #expect(refused > count / 4, "\(refused) of \(count)")
  }

  @Test func `thousands of damaged directories load or throw`() throws {
    let file = try Overwriting("damaged", on: Workbench())
    let original = try Workbench.bytes(of: "pytorch/stored.bin")
    let start = original.count - 22
    let directory = original[(start + 16)..<(start + 20)].reversed().reduce(0) { $0 << 8 | Int($1) }
    var mutations = Mutations(seed: 4, tokens: Self.tokens)
    let count = Mutations.count(1000)
    for _ in 0..<count {
      let damaged = mutations.damaged(Array(original[directory...]))
      try file.write(original[..<directory] + damaged)
      _ = try isRefused(file.url)
    }
  }

  @Test(arguments: ["zip.bin", "legacy.bin", "stored.bin", "hostile-legacy-2.bin"])
  func `a file cut anywhere is refused`(name: String) throws {
    let file = try Overwriting("cut", on: Workbench())
    let original = try Workbench.bytes(of: "pytorch/\(name)")
    try withEvery("length", in: original.indices) { length in
      try file.write(Array(original[..<length]))
      #expect(try isRefused(file.url))
    }
  }

  @Test func `damaged indices load or throw`() throws {
    let bench = try Workbench()
    let folder = Workbench.fixture("pytorch/sharded")
    for name in ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"] {
      try bench.write(Workbench.bytes(of: "pytorch/sharded/\(name)"), to: name)
    }
    let index = "pytorch_model.bin.index.json"
    let original = Array(try Data(contentsOf: folder.appending(path: index)))
    let file = try Overwriting(index, on: bench)
    var mutations = Mutations(seed: 5, tokens: ["\"weight_map\"", "../", "/", "\0", ".", "\"\""])
    for _ in 0..<Mutations.count(300) {
      try file.write(mutations.damaged(original))
      do {
        _ = try Weights(contentsOf: bench.folder)
      } catch let error as CheckpointError {
        #expect(error.description.hasSuffix("."), "\(error)")
      }
    }
  }
}
