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

  @Test func `what a file may hold is in proportion to it`() {
    #expect(PackedFile.limit(packedCount: 0) == 64 << 20)
    #expect(PackedFile.limit(packedCount: 1 << 20) == 164 << 20)
  }
}
