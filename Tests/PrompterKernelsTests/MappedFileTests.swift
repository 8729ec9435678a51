// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Testing

@Suite struct MappedFileTests {
  /// Maps a file of these bytes, which is gone from the folder when the test goes on.
  private func mapped(_ bytes: [UInt8]) throws -> MappedFile {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try MappedFile(path: url.path(percentEncoded: false))
  }

  @Test func `a file's bytes are those on disk`() throws {
    let file = try mapped([1, 2, 3, 4, 5])
    #expect(file.count == 5)
    #expect(file.bytes(in: 1..<4) == [2, 3, 4])
    #expect(file.withBytes { $0.byteCount } == 5)
  }

  // 9 MiB are two whole pieces and a part of one. What was let go of is read from the file again.
  @Test func `pieces are all bytes, one after another, as often as asked`() throws {
    let bytes = (0..<9 << 20).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    let file = try mapped(bytes)
    for _ in 0..<2 {
      var found: [UInt8] = []
      file.forEachPiece { piece in
        unsafe piece.withUnsafeBytes { unsafe found.append(contentsOf: $0) }
      }
      #expect(found == bytes)
    }
    #expect(file.bytes(in: 5000..<5003) == Array(bytes[5000..<5003]))
    try mapped([]).forEachPiece { _ in Issue.record("An empty file has no piece.") }
  }

  @Test func `values that are a file's are read again after they were let go of`() throws {
    let values = (0..<5000).map { Float($0) }
    let file = try mapped(
      values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
      })
    let buffer = try #require(Buffer(in: file, at: 0, count: values.count))
    for _ in 0..<2 {
      let copy = Buffer(count: values.count)
      copy.update(from: buffer)
      #expect(copy.withSpan { span in values.indices.allSatisfy { span[$0] == values[$0] } })
      buffer.letGo()
    }
  }

  @Test func `an empty file is mapped as nothing`() throws {
    let file = try mapped([])
    #expect(file.count == 0)
    #expect(file.bytes(in: 0..<0) == [])
    #expect(file.withBytes { $0.isEmpty })
  }

  @Test func `a missing file and a folder are refused with their names`() throws {
    let missing = #expect(throws: FileError.self) { try MappedFile(path: "/nowhere/at/all") }
    #expect(missing?.description == "Cannot read /nowhere/at/all: No such file or directory.")
    let folder = FileManager.default.temporaryDirectory.path(percentEncoded: false)
    let error = #expect(throws: FileError.self) { try MappedFile(path: folder) }
    #expect(error?.reason == "it is a folder")
  }

  @Test func `every half-precision value converts by its definition`() throws {
    let patterns = (0...UInt16.max).map { $0 }
    // One byte in front puts every value at an odd address.
    let file = try mapped([0xFF] + patterns.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    let buffer = Buffer(count: patterns.count)
    file.convert(.float16, at: 1, into: buffer)
    let wrong = patterns.filter { pattern in
      let expected = Self.half(pattern)
      let found = buffer[Int(pattern)]
      return expected.isNaN ? !found.isNaN : found.bitPattern != expected.bitPattern
    }
    #expect(wrong == [])
  }

  /// IEEE 754 half precision by its definition.
  private static func half(_ pattern: UInt16) -> Float {
    let exponent = Int(pattern >> 10 & 31)
    let fraction = Float(pattern & 1023) / 1024
    let magnitude: Float =
      switch exponent {
      case 0: fraction * 0x1p-14
      case 31: fraction == 0 ? .infinity : .nan
      default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
      }
    return pattern >> 15 == 1 ? -magnitude : magnitude
  }

  @Test func `bfloat16, float32 and float64 convert at odd addresses`() throws {
    let values: [Float] = [0, -0, 1, -2.5, .infinity, .leastNonzeroMagnitude, 3e38, .pi]
    let singles = values.flatMap { value in
      (0..<4).map { UInt8(value.bitPattern >> (8 * $0) & 255) }
    }
    let doubles = values.flatMap { value in
      (0..<8).map { UInt8(Double(value).bitPattern >> (8 * UInt64($0)) & 255) }
    }
    let brains = values.flatMap { value in (2..<4).map { UInt8(value.bitPattern >> (8 * $0) & 255) }
    }
    let file = try mapped([0] + singles + doubles + brains)
    let buffer = Buffer(count: values.count)

    file.convert(.float32, at: 1, into: buffer)
    #expect((0..<8).map { buffer[$0].bitPattern } == values.map(\.bitPattern))
    file.convert(.float64, at: 33, into: buffer)
    #expect((0..<8).map { buffer[$0].bitPattern } == values.map(\.bitPattern))
    file.convert(.bfloat16, at: 97, into: buffer)
    #expect((0..<8).map { buffer[$0].bitPattern } == values.map { $0.bitPattern & 0xFFFF_0000 })
  }
}
