// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import Testing

@Suite struct SafetensorsFileTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func fixture() throws -> SafetensorsFile {
    try SafetensorsFile(contentsOf: Workbench.fixtures.appending(path: "mixed.safetensors"))
  }

  /// The sentence with which a file is refused, without what every such sentence begins with.
  private func refusal(
    _ header: String, data: Int = 0, announcing length: Int? = nil
  ) throws -> String? {
    let url = try bench.safetensors(header, data: data, announcing: length)
    let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(contentsOf: url) }
    return error?.description.replacing(url.path(percentEncoded: false), with: "FILE")
      .replacing("FILE is damaged or of another format: ", with: "")
  }

  @Test func `a file of the Python package is read in every float type`() throws {
    let file = try fixture()
    let steps = (0..<12).map { Float($0) / 4 - 1 }
    #expect(try file.tensor("layer.0.weight").values == steps)
    #expect(try file.tensor("layer.0.weight").shape == [3, 4])
    #expect(try file.tensor("layer.0.bias").values == Array(steps[..<4]))
    #expect(try file.tensor("layer.1.bias").values.dropLast() == steps + [.infinity, -.infinity])
    let halves = try file.tensor("layer.1.weight").values
    let expected: [Float] = [
      0, 0, 1, -2.5, 65504, 0x1p-14, 0x1p-24, -0x3p-24, .infinity, -.infinity,
    ]
    #expect(Array(halves.dropLast()) == expected)
    #expect(halves[1].sign == .minus && halves[10].isNaN)
    #expect(try file.tensor("scalar").values == [7.5])
    #expect(try file.tensor("nothing").shape == [0, 4])
    #expect(try file.tensor("odd \"name\" ü\n").values == [1, 2])
    #expect(file.metadata == ["format": "pt", "note": "quotes \" and \\ and ü 😀"])
    #expect(file.entry("layer.1.bias")?.elementType == .bfloat16)
    #expect(file.entry("no such") == nil)
    #expect(file.names == file.names.sorted() && file.names.count == 8)
  }

  @Test func `names that no tensor has are refused at once`() throws {
    let marks = "a" + String(repeating: "\u{301}\u{316}", count: 500_000)
    let long = String(repeating: "x", count: 1_001)
    func header(_ name: String) -> String {
      #"{"\#(name)": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}}"#
    }
    let sentence = try refusal(header(marks), data: 4)
    #expect(sentence?.contains("at most 30 combining marks in a row") == true)
    #expect(
      try refusal(header(long), data: 4) == "a tensor's name has 1001 bytes, more than 1000.")
    #expect(
      try refusal(#"{"__metadata__": {"\#(marks)": "x"}}"#)?.contains("combining marks") == true)
  }

  @Test func `integers and missing tensors are refused with a sentence`() throws {
    let file = try fixture()
    let path = file.url.path(percentEncoded: false)
    let integers = #expect(throws: CheckpointError.self) { try file.tensor("position_ids") }
    #expect(
      integers?.description == "`position_ids` in \(path) has elements of type I64; "
        + "weights must be F32, F16, BF16 or F64.")
    let missing = #expect(throws: CheckpointError.self) { try file.tensor("bias") }
    #expect(missing?.description == "\(path) has no tensor `bias`.")
  }

  @Test func `values used where they lie are those that are read`() throws {
    let file = try fixture()
    for name in file.names where file.entry(name)?.elementType.isFloatingPoint == true {
      let (shared, read) = (try file.sharedTensor(name), try file.tensor(name))
      #expect(shared.shape == read.shape)
      #expect(shared.values.map(\.bitPattern) == read.values.map(\.bitPattern))
    }
    #expect(throws: CheckpointError.self) { try file.sharedTensor("position_ids") }
    #expect(throws: CheckpointError.self) { try file.sharedTensor("no such") }
  }

  @Test(arguments: [0, 1, 2, 3])
  func `values at any address are read`(shift: Int) throws {
    let entry = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
    let header = entry + String(repeating: " ", count: (4 - entry.utf8.count % 4) % 4 + shift)
    let file = try SafetensorsFile(contentsOf: bench.safetensors(header, data: 8))
    #expect(try file.sharedTensor("x").values.map(\.bitPattern) == [0x0101_0101, 0x0101_0101])
  }

  @Test func `a shared tensor outlives its file's name`() throws {
    var file: SafetensorsFile? = try SafetensorsFile(
      contentsOf: bench.safetensors(
        #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  "#, data: 4))
    let tensor = try #require(file).sharedTensor("x")
    if let url = file?.url { try FileManager.default.removeItem(at: url) }
    file = nil
    #expect(tensor.values.map(\.bitPattern) == [0x0101_0101])
  }

  @Test func `what is written is read back with the same bits`() throws {
    let values: [Float] = [
      0, -0, .pi, .leastNonzeroMagnitude, .infinity, -.greatestFiniteMagnitude,
    ]
    let tensors = [
      "b": Tensor(values, shape: [2, 3]), "a \"quoted\" \u{1}\\ ü": Tensor([1], shape: []),
      "empty": Tensor([], shape: [0, 5]),
    ]
    let metadata = ["format": "pt", "line": "one\ntwo"]
    let url = bench.folder.appending(path: "out.safetensors")
    try SafetensorsFile.write(tensors, metadata: metadata, to: url)
    let file = try SafetensorsFile(contentsOf: url)
    #expect(file.metadata == metadata)
    #expect(file.names == tensors.keys.sorted())
    for (name, tensor) in tensors {
      let found = try file.tensor(name)
      #expect(found.shape == tensor.shape)
      #expect(found.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
  }

  @Test func `the same tensors give the same bytes with an aligned header`() throws {
    let tensors = Dictionary(
      uniqueKeysWithValues: (0..<20).map { ("t\($0)", Tensor([Float($0)], shape: [1])) })
    let urls = ["one", "two"].map { bench.folder.appending(path: $0) }
    for url in urls {
      try SafetensorsFile.write(tensors, metadata: ["b": "1", "a": "2"], to: url)
    }
    let bytes = try Data(contentsOf: urls[0])
    #expect(try Data(contentsOf: urls[1]) == bytes)
    #expect((bytes.count - 20 * 4) % 8 == 0)
    try SafetensorsFile.write([:], metadata: [:], to: urls[0])
    #expect(try Data(contentsOf: urls[0]) == Data([8, 0, 0, 0, 0, 0, 0, 0] + "{}      ".utf8))
  }

  @Test func `a truncated file is refused with both lengths`() throws {
    let whole = try Data(contentsOf: fixture().url)
    let url = try bench.write(whole.dropLast(3), to: "cut.safetensors")
    let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(contentsOf: url) }
    #expect(
      error?.description == "\(url.path(percentEncoded: false)) is truncated: "
        + "it should have \(whole.count) bytes and has \(whole.count - 3).")
    #expect(
      try refusal("{}", announcing: 90) == "FILE is truncated: it should have 98 bytes and has 10.")
  }

  @Test func `a header beyond the format's limit is refused unread`() throws {
    let sentence = "bytes, more than a safetensors header may have."
    #expect(try refusal("{}", announcing: 100_000_001)?.hasSuffix("100000001 " + sentence) == true)
    #expect(
      try refusal("{}", announcing: -1)?.hasSuffix("18446744073709551615 " + sentence) == true)
  }

  @Test(arguments: [
    (#""shape":[2],"data_offsets":[0,8]"#, "`t` lacks its `dtype`, `shape` or `data_offsets`."),
    (
      #""dtype":"F33","shape":[2],"data_offsets":[0,8]"#,
      "`t` has elements of the unknown type `F33`."
    ),
    (#""dtype":"F32","shape":[2],"data_offsets":[8,0]"#, "`t` has the impossible offsets [8, 0]."),
    (#""dtype":"F32","shape":[2],"data_offsets":[8]"#, "`t` has the impossible offsets [8]."),
    (
      #""dtype":"F32","shape":[3],"data_offsets":[0,8]"#,
      "`t`, F32 of shape [3], has 8 bytes instead of 12."
    ),
    (#""dtype":"F4","shape":[3],"data_offsets":[0,1]"#, "`t`, F4, has the impossible shape [3]."),
    (
      #""dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,0]"#,
      "`t`, F32, has the impossible shape [4611686018427387904, 4, 0]."
    ),
    (
      #""dtype":"F32","shape":[2],"data_offsets":[4,12]"#,
      "`t` begins at byte 67 and the tensor before it ends at byte 63."
    ),
    (#""dtype":"F32","shape":[1],"data_offsets":[0,4]"#, "4 bytes follow the last tensor."),
    (
      #""dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]"#,
      "`t` has an unknown or repeated key `dtype`."
    ),
    (
      #""dtype":"F32","shape":[-2],"data_offsets":[0,8]"#,
      "at byte 37 of the header, a number without sign was expected."
    ),
    (
      #""dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]"#,
      "at byte 55 of the header, a number below 2^63 was expected."
    ),
    (
      #""dtype":"F32","shape":[2.0],"data_offsets":[0,8]"#,
      "at byte 38 of the header, ']' was expected."
    ),
  ])
  func `a wrong entry is refused with a sentence`(entry: String, sentence: String) throws {
    #expect(try refusal("{\"t\":{\(entry)}}", data: 8) == sentence)
  }

  @Test func `a name that stands twice is refused`() throws {
    let entry = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
    #expect(
      try refusal("{\"t\":\(entry),\"t\":\(entry)}", data: 4) == "`t` stands twice in the header.")
    let metadata = #""__metadata__":{"a":"1"}"#
    #expect(
      try refusal("{\(metadata),\(metadata)}") == "`__metadata__` stands twice in the header.")
    #expect(
      try refusal(#"{"__metadata__":{"a":"1","a":"2"}}"#) == "`a` stands twice in the header.")
  }

  @Test func `tensors that overlap are refused`() throws {
    let header = """
      {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
      "b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
      """
    #expect(try refusal(header, data: 8)?.hasPrefix("`b` begins at byte") == true)
  }

  @Test(arguments: [
    ("[]", "at byte 8 of the header, '{' was expected."),
    ("{} {}", "at byte 11 of the header, nothing more was expected."),
    ("{\"\\q\":{}}", "at byte 11 of the header, an escape sequence was expected."),
    (
      "{\"\\ud800\":{}}",
      "at byte 16 of the header, both halves of a surrogate pair was expected."
    ),
    (
      "{\"\u{1}\":{}}",
      "at byte 10 of the header, no control character in a string was expected."
    ),
    (
      "{\"a\":{\"shape\":[01]}}",
      "at byte 25 of the header, no leading zero in a number was expected."
    ),
  ])
  func `ill-formed JSON is refused with its byte`(header: String, sentence: String) throws {
    #expect(try refusal(header) == sentence)
  }

  @Test(arguments: [
    "", "[]", "{", "{\"a\"}", "{\"a\":1}", "{} {}", "{\"\\q\":{}}", "{\"\\ud800\":{}}",
    "{\"\\ud800\\u0041\":{}}", "{\"\u{1}\":{}}", "{\"a\":{\"shape\":[01]}}", "{\"a\":{},}",
    String(repeating: "[", count: 9999), "{\"a\":" + String(repeating: "{\"shape\":", count: 9999),
  ])
  func `a header that is not the expected JSON is refused`(header: String) throws {
    #expect(try refusal(header)?.isEmpty == false)
  }
}
