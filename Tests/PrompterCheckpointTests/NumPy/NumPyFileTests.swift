// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite(.namesValues) struct NumPyFileTests {
  private static let steps = (0..<12).map { Float($0) / 4 - 1 }

  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func open(_ name: String) throws -> NumPyFile {
    try NumPyFile(contentsOf: Workbench.fixture("numpy/\(name)"))
  }

  private func refusal(of url: URL) -> String {
    Workbench.refusal(of: url) { _ = try NumPyFile(contentsOf: $0) }
  }

  /// The sentence about a file of version 1.0 with a header of any text and 48 bytes after it.
  private func refusal(_ header: String, data: Int = 48) throws -> String {
    let length = header.utf8.count
    let prefix = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    let bytes = prefix + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    return refusal(of: try bench.write(bytes, to: "array.npy"))
  }

  @Test func `the authors' prompts have no extension and are read`() throws {
    let file = try open("encoder.prompt.prompt.prompt")
    #expect(file.shape == [3, 4] && file.elementType == .float32)
    #expect(file.tensor().values == Self.steps)
  }

  @Test func `all versions, float types and orders are read`() throws {
    #expect(try open("float64.npy").elementType == .float64)
    for name in ["float64.npy", "float16-fortran.npy"] {
      let tensor = try open(name).tensor()
      #expect(tensor.shape == [3, 4] && tensor.values == Self.steps)
    }
    let cube = try open("cube-fortran.npy").tensor()
    #expect(cube.shape == [2, 3, 4] && cube.values == (0..<24).map(Float.init))
    #expect(try open("scalar.npy").tensor().values == [7.5])
    #expect(try open("row.npy").tensor().values == Array(Self.steps[..<4]))
    #expect(try open("empty.npy").tensor().shape == [0, 4])
  }

  @Test(arguments: [
    ("int64.npy", "its elements are of type `<i8`; `<f4`, `<f2` or `<f8` was expected."),
    ("big-endian.npy", "its elements are of type `>f4`; `<f4`, `<f2` or `<f8` was expected."),
    ("objects.npy", "its elements are of type `|O`; `<f4`, `<f2` or `<f8` was expected."),
    ("fields.npy", "at byte 20, in its header, one type for all elements was expected."),
  ])
  func `other types are refused`(name: String, sentence: String) {
    #expect(refusal(of: Workbench.fixture("numpy/\(name)")) == sentence)
  }

  @Test(arguments: ["encoder.prompt.prompt.prompt", "row.npy", "scalar.npy", "empty.npy"])
  func `what is written is what NumPy writes`(name: String) throws {
    let url = bench.folder.appending(path: name)
    try NumPyFile.write(open(name).tensor(), to: url)
    #expect(try Array(Data(contentsOf: url)) == Workbench.bytes(of: "numpy/\(name)"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.path) == [name])
  }

  @Test func `what is written is read back with the same bits`() throws {
    let values: [Float] = [
      0, -0, .pi, .leastNonzeroMagnitude, .infinity, -.greatestFiniteMagnitude,
    ]
    let url = bench.folder.appending(path: "out")
    try NumPyFile.write(Tensor(values, shape: [1, 3, 2]), to: url)
    let found = try NumPyFile(contentsOf: url).tensor()
    #expect(found.shape == [1, 3, 2])
    #expect(found.values.map(\.bitPattern) == values.map(\.bitPattern))
    let nowhere = bench.folder.appending(path: "no/such")
    #expect(throws: CheckpointError.self) {
      try NumPyFile.write(Tensor(values, shape: [6]), to: nowhere)
    }
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (12,), }", "no error"),
    (#"{"shape":(12L),"descr":"<f4","fortran_order":True}"#, "no error"),
    ("", "at byte 10, in its header, `{` was expected."),
    ("{", "at byte 11, in its header, a quoted text was expected."),
    ("{'descr", "at byte 11, in its header, a quoted text was expected."),
    ("{}", "at byte 12, in its header, `descr`, `fortran_order` and `shape` were expected."),
    ("{'descr' '<f4'}", "at byte 19, in its header, `:` was expected."),
    (
      "{'descr': '<f4', 'descr': '<f4'}",
      "at byte 34, in its header, each of `descr`, `fortran_order` and `shape` once was expected."
    ),
    ("{'fortran_order': 1}", "at byte 28, in its header, `True` or `False` was expected."),
    ("{'shape': [12]}", "at byte 20, in its header, `(` was expected."),
    ("{'shape': (-1,)}", "at byte 21, in its header, a whole number below 2^63 was expected."),
    (
      "{'shape': (9223372036854775808,)}",
      "at byte 21, in its header, a whole number below 2^63 was expected."
    ),
    ("{'shape': (1 2)}", "at byte 23, in its header, `)` was expected."),
    ("{} {}", "at byte 13, in its header, nothing more was expected."),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
      "an array cannot have the shape [4294967296, 4294967296]."
    ),
    (
      "{'descr': '<f4', 'fortran_order': True, 'shape': (4294967296, 4294967296, 4), }",
      "an array cannot have the shape [4294967296, 4294967296, 4]."
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (13,), }",
      "FILE is truncated: it should have 120 bytes and has 116."
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (11,), }",
      "4 bytes follow the array's last value."
    ),
  ])
  func `a header is read strictly`(header: String, sentence: String) throws {
    #expect(try refusal(header) == sentence)
  }

  @Test func `other files, versions and lengths are refused`() throws {
    let whole = try Workbench.bytes(of: "numpy/float64.npy")
    for (place, byte, sentence) in [
      (0, UInt8(0x92), "it does not begin as numpy.save's files."),
      (6, 4, "at byte 8, in its header, version 1.0, 2.0 or 3.0 was expected, not 4.0."),
      (7, 1, "at byte 8, in its header, version 1.0, 2.0 or 3.0 was expected, not 2.1."),
      (11, 1, "at byte 12, in its header, at most 100000 bytes were expected, not 16777332."),
    ] {
      var bytes = whole
      bytes[place] = byte
      #expect(refusal(of: try bench.write(bytes, to: "array.npy")) == sentence)
    }
  }

  @Test func `a file cut anywhere is refused`() throws {
    let file = try Overwriting("cut.npy", on: bench)
    for name in ["encoder.prompt.prompt.prompt", "float64.npy"] {
      let original = try Workbench.bytes(of: "numpy/\(name)")
      try withEvery("length", in: original.indices) { length in
        try file.write(Array(original[..<length]))
        #expect(throws: CheckpointError.self) { try NumPyFile(contentsOf: file.url) }
      }
    }
  }

  @Test(arguments: ["encoder.prompt.prompt.prompt", "float64.npy", "float16-fortran.npy"])
  func `thousands of damaged files load or throw`(name: String) throws {
    let file = try Overwriting("damaged.npy", on: bench)
    let original = try Workbench.bytes(of: "numpy/\(name)")
    var mutations = Mutations(
      seed: name.utf8.count, tokens: ["'<f2'", "'<f8'", "True", "False", "()", "(3,", "'shape'"])
    for _ in 0..<Mutations.count(1000) {
      try file.write(mutations.damaged(original))
      do {
        _ = try NumPyFile(contentsOf: file.url).tensor()
      } catch let error as CheckpointError {
        #expect(error.description.hasSuffix("."), "\(error)")
      }
    }
  }
}
