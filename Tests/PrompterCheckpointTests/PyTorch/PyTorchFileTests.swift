// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterCheckpoint
import PrompterTensor
import PrompterTestSupport
import Testing

@Suite struct PyTorchFileTests {
  private static let steps = (0..<12).map { Float($0) / 4 - 1 }

  /// 3 x 4 steps with the first index running fastest.
  private static let transposed = (0..<12).map { steps[$0 % 3 * 4 + $0 / 3] }

  private func open(_ name: String) throws -> PyTorchFile {
    try PyTorchFile(contentsOf: Workbench.fixture("pytorch/\(name)"))
  }

  @Test(arguments: ["zip.bin", "zip-protocol-4.bin", "legacy.bin", "legacy-protocol-4.bin"])
  func `all types and views that torch.save writes are read`(name: String) throws {
    let file = try open(name)
    let steps = Self.steps
    #expect(file.names.count == 17 && file.names == file.names.sorted())
    #expect(try file.tensor("layer.0.weight").values == steps)
    #expect(try file.tensor("layer.0.bias").values == Array(steps[..<4]))
    #expect(try file.tensor("layer.1.bias").values.dropLast() == steps + [.infinity, -.infinity])
    let halves = try file.tensor("layer.1.weight").values
    #expect(Array(halves[2..<5]) == [1, -2.5, 65504] && halves[1].sign == .minus)
    #expect(try file.tensor("scalar").values == [7.5])
    #expect(try file.tensor("nothing").shape == [0, 4])
    #expect(try file.tensor("odd \"name\" ü\n").values == [1, 2])
    #expect(file.entry("mask")?.elementType == .bool)
    #expect(file.entry("layer.1.bias")?.elementType == .bfloat16)
    #expect(file.entry("no such") == nil)
  }

  @Test(arguments: ["zip.bin", "legacy.bin"])
  func `views of any strides are read row after row`(name: String) throws {
    let file = try open(name)
    for transposed in ["transposed", "transposed.half", "decoder.embed_tokens.weight"] {
      #expect(try file.tensor(transposed).shape == [4, 3])
      #expect(try file.tensor(transposed).values == Self.transposed)
    }
    #expect(try file.tensor("slice").shape == [2, 2])
    #expect(try file.tensor("slice").values == [0.25, 0.5, 1.25, 1.5])
    let cube = try file.tensor("cube")
    #expect(cube.shape == [4, 2, 3])
    let expected = (0..<24).map { place -> Float in
      let (column, row, layer) = (place % 3, place / 3 % 2, place / 6)
      return Float(row * 12 + column * 4 + layer)
    }
    #expect(cube.values == expected)
    #expect(try file.tensor("one").values == [6, 18])
  }

  @Test(arguments: ["zip.bin", "legacy.bin"])
  func `tied weights are one storage under three names`(name: String) throws {
    let file = try open(name)
    #expect(file.entry("shared.weight") == file.entry("encoder.embed_tokens.weight"))
    #expect(try file.tensor("shared.weight").values == Self.steps)
  }

  @Test(arguments: ["zip.bin", "legacy.bin"])
  func `values used where they lie are those that are read`(name: String) throws {
    let file = try open(name)
    for name in file.names where file.entry(name)?.elementType.isFloatingPoint == true {
      let (shared, read) = (try file.sharedTensor(name), try file.tensor(name))
      #expect(shared.shape == read.shape)
      #expect(shared.values.map(\.bitPattern) == read.values.map(\.bitPattern))
    }
  }

  @Test func `integers and missing tensors are refused with a sentence`() throws {
    let file = try open("zip.bin")
    let path = file.url.path(percentEncoded: false)
    let integers = #expect(throws: CheckpointError.self) { try file.tensor("position_ids") }
    #expect(
      integers?.description == "`position_ids` in \(path) has elements of type I64; "
        + "weights must be F32, F16, BF16 or F64.")
    let missing = #expect(throws: CheckpointError.self) { try file.tensor("bias") }
    #expect(missing?.description == "\(path) has no tensor `bias`.")
  }

  @Test func `tensors of types without a storage of their own are listed`() throws {
    let file = try open("untyped.bin")
    #expect(file.entry("eight")?.elementType == .float8E5M2)
    #expect(file.entry("eight")?.shape == [3, 4])
    #expect(try file.tensor("plain").values == Self.steps)
    #expect(throws: CheckpointError.self) { try file.tensor("eight") }
  }

  @Test(arguments: ["wrapped.bin", "stored.bin"])
  func `a training program's checkpoint gives its state_dict`(name: String) throws {
    let file = try open(name)
    #expect(file.names == ["bias"])
    #expect(try file.tensor("bias").values == Array(Self.steps[..<4]))
  }

  @Test func `a dictionary of Python 2 lists its pairs`() throws {
    let pair = Array("](".utf8) + PickleMaker.text("bias") + PickleMaker.tensor() + Array("e".utf8)
    let dictionary = PickleMaker.call(
      PickleMaker.global("collections", "OrderedDict"),
      [Array("](".utf8) + pair + Array("e".utf8)])
    let bytes = ArchiveMaker(
      pickle: [0x80, 2] + dictionary + Array(".".utf8), storages: [[UInt8](repeating: 0, count: 48)]
    ).bytes
    let bench = try Workbench()
    let file = try PyTorchFile(contentsOf: bench.write(bytes, to: "python2.bin"))
    #expect(try file.tensor("bias").values == [Float](repeating: 0, count: 12))
  }

  @Test func `a file of another kind is refused`() throws {
    let bench = try Workbench()
    for text in ["", "<html>", "version https://git-lfs.github.com/spec/v1\n", "\u{80}", "PK"] {
      let url = try bench.write(text, to: "pytorch_model.bin")
      let refusal = Workbench.refusal(of: url) { _ = try PyTorchFile(contentsOf: $0) }
      #expect(
        refusal == "a zip archive or the magic number of torch.save was expected.")
    }
  }
}
