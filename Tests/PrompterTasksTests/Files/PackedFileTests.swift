// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PrompterTasks

@Suite struct PackedFileTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fixtures/files").standardizedFileURL

  @Test(arguments: ["packed.csv.gz", "packed.tsv.zst"])
  func `a packed file is read, whatever it is called`(name: String) throws {
    let packed = Self.fixtures.appending(path: name)
    #expect(try Dataset(contentsOf: packed).examples.count == 4)
    try withFolder { folder in
      let other = folder.appending(
        path: name.split(separator: ".").dropLast().joined(separator: "."))
      try FileManager.default.copyItem(at: packed, to: other)
      #expect(try Dataset(contentsOf: other).examples.count == 4)
    }
  }

  @Test func `a packed file that is cut is refused`() throws {
    let bytes = try [UInt8](Data(contentsOf: Self.fixtures.appending(path: "packed.csv.gz")))
    #expect(
      complaint { try PackedFile.unpacked(Array(bytes.dropLast(9)), file: "a.gz") }
        == "a.gz cannot be unpacked: it ends too early.")
    #expect(try PackedFile.unpacked([0x61], file: "a") == [0x61])
  }

  @Test func `a small file that holds much is refused before it is unpacked`() {
    // 65 MiB of one letter, as blocks of Zstandard that say it 131 072 times.
    var bomb: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38]
    for _ in 0..<520 { bomb += [0x02, 0x00, 0x10, 0x61] }
    #expect(
      complaint { try PackedFile.unpacked(bomb, file: "a.jsonl.zst") }
        == "a.jsonl.zst cannot be unpacked: it holds more than 64 MiB.")
  }

  @Test func `what a file may hold is in proportion to it`() {
    #expect(PackedFile.limit(packedCount: 0) == 64 << 20)
    #expect(PackedFile.limit(packedCount: 1 << 20) == 164 << 20)
  }
}
