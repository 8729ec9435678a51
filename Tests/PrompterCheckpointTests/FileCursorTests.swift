// SPDX-License-Identifier: Apache-2.0

import Foundation
import PrompterKernels
import Testing

@testable import PrompterCheckpoint

@Suite struct FileCursorTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func cursor(_ bytes: [UInt8], in range: Range<Int>? = nil) throws -> FileCursor {
    let url = try bench.write(bytes, to: "file")
    let mapping = try MappedFile(path: url.path(percentEncoded: false))
    return FileCursor(
      mapping, in: range ?? 0..<mapping.count, part: "its middle", file: "FILE")
  }

  private func reason(_ read: () throws -> Void) -> String? {
    #expect(throws: CheckpointError.self) { try read() }?.description
      .replacing("FILE is damaged or of another format: ", with: "")
  }

  @Test func `numbers are little-endian`() throws {
    var cursor = try cursor([1, 2, 0, 0, 0, 1, 0xFF])
    #expect(try cursor.byte() == 1)
    #expect(try cursor.number(4) == 2)
    #expect(try cursor.size(2) == 0xFF01)
    #expect(cursor.position == 7)
    #expect(reason { _ = try cursor.byte() } == "its middle ends too early, at byte 7.")
  }

  @Test func `nothing outside the part is read`() throws {
    let bytes = Array("abcdefgh".utf8)
    var cursor = try cursor(bytes, in: 2..<5)
    #expect(try cursor.text(3) == "cde")
    for read in [{ _ = try $0.byte() }, { _ = try $0.bytes(1) }, { try $0.skip(1) }]
      as [(inout FileCursor) throws -> Void]
    {
      #expect(reason { try read(&cursor) } == "its middle ends too early, at byte 5.")
    }
    #expect(reason { try cursor.skip(.max) } == "its middle ends too early, at byte 5.")
  }

  @Test func `a long part is read through a window`() throws {
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    var cursor = try cursor(bytes)
    for place in 0..<70_000 where try cursor.byte() != bytes[place] {
      Issue.record("Byte \(place) differs.")
    }
    try cursor.skip(100_000)
    #expect(try cursor.number(2) == UInt64(bytes[170_000]) | UInt64(bytes[170_001]) << 8)
  }

  @Test func `sizes beyond an Int and bytes beyond UTF-8 are refused`() throws {
    var size = try cursor([UInt8](repeating: 0xFF, count: 8))
    #expect(
      reason { _ = try size.size(8) }
        == "at byte 8, in its middle, a number below 2^63 was expected.")
    var text = try cursor([0x61, 0xFF])
    #expect(
      reason { _ = try text.text(2) } == "at byte 0, in its middle, a text in UTF-8 was expected.")
  }

  @Test func `a line ends at its line feed`() throws {
    var lines = try cursor(Array("one\n\ntwo".utf8))
    #expect(try lines.line(longest: 3) == "one")
    #expect(try lines.line(longest: 3) == "")
    #expect(reason { _ = try lines.line(longest: 3) } == "its middle ends too early, at byte 8.")
    var long = try cursor(Array("four\n".utf8))
    #expect(
      reason { _ = try long.line(longest: 3) }
        == "at byte 0, in its middle, a line of at most 3 bytes was expected.")
  }
}
