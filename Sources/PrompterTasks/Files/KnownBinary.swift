// SPDX-License-Identifier: Apache-2.0

/// Files that are often taken for data files and hold no text, or none that can be read, by their
/// first bytes.
package enum KnownBinary {
  private static let kinds: [(start: [UInt8], fault: FileFault)] = [
    (Array("PAR1".utf8), .parquet),
    (Array("ARROW1".utf8), .noText(found: "an Arrow file")),
    ([0x50, 0x4B, 0x03, 0x04], .noText(found: "a zip archive or a spreadsheet")),
    ([0xD0, 0xCF, 0x11, 0xE0], .noText(found: "an old spreadsheet or document")),
    (Array("%PDF-".utf8), .noText(found: "a PDF")),
    (Array("SQLite format 3\0".utf8), .noText(found: "an SQLite database")),
    ([0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59], .otherwisePacked("bzip2")),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .otherwisePacked("xz")),
  ]

  /// Refuses a file that is one of these.
  package static func refuse(_ bytes: [UInt8], file: String) throws {
    guard let kind = kinds.first(where: { bytes.starts(with: $0.start) }) else { return }
    throw DataError.misread(file: file, kind.fault)
  }
}
