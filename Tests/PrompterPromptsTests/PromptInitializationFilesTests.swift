// SPDX-License-Identifier: Apache-2.0

import Foundation
import Prompter
import PrompterTensor
import PrompterToySupport
import Testing

@Suite struct PromptInitializationFilesTests {
  // An array as numpy.save writes it, of float32 in C's order.
  private func array(_ values: [Float], _ shape: String) -> Data {
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0])
    data.append(Data(header.utf8))
    for value in values {
      data.append(
        contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) })
    }
    return data
  }

  private func sentence(_ url: URL, width: Int = 2) -> String {
    do {
      return "\(try PromptInitialization.prompt(contentsOf: url, width: width).kind) was read"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: ["prompt.npy", "encoder.prompt.prompt.prompt"])
  func `a published array is a start with a length of its own`(name: String) throws {
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let file = bench.folder.appending(component: name)
    try array([1, 2, 3, 4, 5, 6], "(3, 2)").write(to: file)
    let start = try PromptInitialization.prompt(contentsOf: file, width: 2)
    #expect(start.ownLength == 3)
    let vectors = start.vectors(length: 3, width: 2, seed: 1) { _ in Tensor(zeros: [0, 2]) }
    #expect(vectors.values == [1, 2, 3, 4, 5, 6])
  }

  @Test func `arrays that are no prompts of the backbone are refused`() throws {
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    let file = bench.folder.appending(component: "a.npy")
    try array([1, 2, 3, 4], "(2, 2)").write(to: file)
    #expect(
      sentence(file, width: 3)
        == "\(file.relativePath): the width of its vectors at the input is 2; it should be 3, the "
        + "backbone's.")
    try array([1, 2, 3, 4], "(4,)").write(to: file)
    #expect(sentence(file).contains("the array's shape is [4]"))
    try array([1, 2, .nan, 4], "(2, 2)").write(to: file)
    #expect(sentence(file).contains("holds nan at place 2"))
    try Data("no array".utf8).write(to: file)
    #expect(sentence(file).contains("a.npy"))
    #expect(
      sentence(bench.folder.appending(component: "none")).hasSuffix("there is no such folder."))
  }

  @Test func `a folder's prompt is a start if it is one at the input`() throws {
    let bench = try PromptBench()
    defer { withExtendedLifetime(bench) {} }
    for (method, isInput) in [("text", true), ("plain", false)] {
      let folder = bench.folder.appending(component: method)
      try Toy.train(method, Toy.plan(.steps(1))).prompt.write(to: folder)
      let found = sentence(folder, width: 32)
      #expect(found.contains("was read") == isInput, "\(found)")
    }
  }
}
