// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Testing

@Suite struct ScratchValuesTests {
  private let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)

  private func buffer(_ values: [Float]) -> Buffer {
    let buffer = Buffer(count: values.count)
    buffer.update(from: values)
    return buffer
  }

  private func values(of buffer: Buffer) -> [Float] { (0..<buffer.count).map { buffer[$0] } }

  @Test(arguments: [0, 1 << 20])
  func `values come back from where they were stored`(memory: Int) throws {
    let scratch = try ScratchValues(count: 1000, memory: memory, folder: folder)
    #expect(scratch.isOnDisk == (memory == 0))
    scratch.store(buffer([1, 2, 3, 4, 5]), 1..<4, at: 997)
    scratch.store(buffer([6, 7]), 0..<2, at: 0)
    let target = buffer([0, 0, 0, 0, 0, 0])
    scratch.load(into: target, 2..<5, from: 997)
    scratch.load(into: target, 0..<1, from: 1)
    #expect(values(of: target) == [7, 0, 2, 3, 4, 0])
  }

  @Test func `a file of scratch values has no name`() throws {
    let own = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: own) }
    let path = own.path(percentEncoded: false)
    let scratch = try ScratchValues(count: 10, memory: 0, folder: path)
    #expect(scratch.isOnDisk)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
  }

  @Test func `a folder that is not there and a disk without room are refused`() {
    #expect(throws: FileError.self) {
      try ScratchValues(count: 10, memory: 0, folder: "/nowhere/at/all")
    }
    // More than any disk holds.
    #expect(throws: FileError.self) {
      try ScratchValues(count: 1 << 58, memory: 0, folder: folder)
    }
  }
}
