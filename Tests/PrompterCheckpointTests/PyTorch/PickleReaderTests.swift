// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import PrompterTestSupport
import Testing

/// Pickles that ask for too much, or make no sense, must be refused with a sentence.
@Suite struct PickleReaderTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func refusal(_ pickle: [UInt8]) throws -> String {
    let archive = ArchiveMaker(pickle: pickle, storages: [[UInt8](repeating: 0, count: 48)])
    let url = try bench.write(archive.bytes, to: "pytorch_model.bin")
    return Workbench.refusal(of: url) { _ = try PyTorchFile(contentsOf: $0) }
  }

  /// What was expected instead of a pickle's operations.
  private func expectation(_ operations: [UInt8]) throws -> String? {
    try refusal([0x80, 2] + operations).components(separatedBy: "in its pickle, ").last
  }

  private func expectation(_ operations: String) throws -> String? {
    try expectation(Array(operations.utf8))
  }

  @Test(arguments: [
    "hostile-protocol-2.bin", "hostile-protocol-4.bin", "hostile-legacy-2.bin",
    "hostile-legacy-4.bin",
  ])
  func `a pickle that would run a command is refused by the command's name`(name: String) {
    let url = Workbench.fixture("pytorch/\(name)")
    let refusal = Workbench.refusal(of: url) { _ = try PyTorchFile(contentsOf: $0) }
    #expect(refusal == "FILE asks for posix.system, which is not a tensor; nothing was run.")
  }

  @Test func `every way to name a function is refused`() throws {
    let sentence = "FILE asks for os.system, which is not a tensor; nothing was run."
    let stackGlobal = PickleMaker.text("os") + PickleMaker.text("system") + [0x93]
    #expect(try refusal(Array("cos\nsystem\n".utf8)) == sentence)
    #expect(try refusal([0x80, 4] + stackGlobal) == sentence)
    #expect(try refusal(Array("(X\u{2}\0\0\0lsios\nsystem\n.".utf8)) == sentence)
  }

  @Test(arguments: [
    ("torch", "load"), ("torch.storage", "_load_from_bytes"), ("torch._utils", "_rebuild_tensor"),
    ("builtins", "eval"), ("collections", "Counter"), ("", ""), ("torch", "FloatStorage.__init__"),
    ("torch._utils._rebuild_tensor_v2", "__globals__"),
  ])
  func `names near the known ones are refused`(module: String, name: String) throws {
    #expect(
      try refusal(PickleMaker.global(module, name))
        == "FILE asks for \(module).\(name), which is not a tensor; nothing was run.")
  }

  @Test func `a name that would fill the screen is cut and cleaned`() throws {
    let name = "\u{1B}[2J\u{202E}" + String(repeating: "x", count: 900)
    let shown = "m.?[2J?" + String(repeating: "x", count: 73) + "…"
    #expect(try refusal(PickleMaker.global("m", name)).contains("asks for \(shown), which"))
    #expect(
      try expectation("c" + String(repeating: "x", count: 1002))?.contains("at most 1000") == true)
  }

  @Test(arguments: [0x6F, 0x81, 0x92, 0x82, 0x83, 0x84, 0x50, 0x8B, 0x49, 0x53, 0x97, 0x00, 0xFF])
  func `operations without use are refused by their number`(code: UInt8) throws {
    #expect(
      try expectation([code])
        == "the operation \(code) has no use in a file of tensors; nothing was run.")
  }

  @Test(arguments: [
    (".", "a value to work on was expected."),
    ("0", "a value to work on was expected."),
    ("(0", "a value to work on was expected."),
    ("(.", "a value to work on was expected."),
    ("2", "a value to work on was expected."),
    ("N(2", "a value to work on was expected."),
    ("q\u{1}", "a value to work on was expected."),
    ("N(R", "2 values to work on were expected."),
    ("t", "a mark before the values was expected."),
    ("1", "a mark before the values was expected."),
    ("h\u{7}", "a value remembered as 7 was expected."),
    ("Nh\u{7}", "a value remembered as 7 was expected."),
    ("NNa", "a list was expected."),
    ("]NNs", "a dictionary was expected."),
    ("}(NNNu", "a value for every key was expected."),
    ("(Nd", "a value for every key was expected."),
    ("NNb", "attributes for nothing but a dictionary were expected."),
    ("NNR", "a function and its arguments were expected."),
    ("ccollections\nOrderedDict\nNR", "a function and its arguments were expected."),
    ("ccollections\nOrderedDict\n](NeR", "a function and its arguments were expected."),
    ("ccollections\nOrderedDict\n(NtR", "a list of pairs was expected."),
    ("ccollections\nOrderedDict\n(](NetR", "a list of pairs was expected."),
    ("ctorch\nFloatStorage\n)R", "the call of a function was expected."),
    ("ctorch._utils\n_rebuild_parameter\n)R", "a parameter's tensor was expected."),
    ("ctorch._utils\n_rebuild_tensor_v3\n)R", "a tensor's type was expected."),
    ("NN\u{13}", nil),
    ("X\u{7F}\0\0\0", nil),
  ])
  func `operations without sense are refused`(operations: String, sentence: String?) throws {
    let found = try expectation(operations)
    if let sentence { #expect(found == sentence) } else { #expect(found != "no error") }
  }

  @Test func `a protocol of the future and a cut pickle are refused`() throws {
    #expect(try refusal([0x80, 6]).hasSuffix("at most protocol 5 was expected."))
    #expect(try refusal([0x80]).hasPrefix("its pickle ends too early, at byte "))
    #expect(try refusal(Array("X\u{7F}\0\0\0".utf8)).hasPrefix("its pickle ends too early"))
    #expect(try expectation([0x93]) == "2 values to work on were expected.")
    #expect(
      try expectation(Array("NN".utf8) + [0x93])
        == "the names of a module and of what it has were expected.")
    #expect(try expectation([0x55, 1, 0xFF]) == "a text in UTF-8 was expected.")
  }

  @Test(arguments: [
    ("N", "it holds nothing; a dictionary of tensors was expected."),
    ("]", "it holds a list; a dictionary of tensors was expected."),
    ("}", "it holds no tensors by name."),
    ("}X\u{4}\0\0\0stepK\u{1}s", "it holds no tensors by name."),
  ])
  func `a file without tensors by name is refused`(operations: String, sentence: String) throws {
    #expect(try refusal(Array((operations + ".").utf8)) == sentence)
  }

  @Test func `tensors without a name or with the same one are refused`() throws {
    let tensor = PickleMaker.tensor()
    #expect(
      try refusal(PickleMaker.dictionary(["a": tensor, "a": tensor])) == "it has `a` twice.")
    #expect(
      try refusal(Array("}K\u{1}".utf8) + tensor + Array("s.".utf8))
        == "a tensor has a number where a name was expected.")
  }
}
