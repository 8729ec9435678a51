// SPDX-License-Identifier: Apache-2.0

/// Files that are often taken for data files and hold no text, by the bytes that they begin with.
enum KnownBinary {
  private static let kinds: [(start: [UInt8], name: String)] = [
    (Array("PAR1".utf8), "a Parquet file"),
    (Array("ARROW1".utf8), "an Arrow file"),
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive or a spreadsheet"),
    ([0xD0, 0xCF, 0x11, 0xE0], "an old spreadsheet or document"),
    (Array("%PDF-".utf8), "a PDF"),
    (Array("SQLite format 3\0".utf8), "an SQLite database"),
    ([0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59], "packed with bzip2"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "packed with xz"),
  ]

  /// Refuses a file that is one of these.
  static func refuse(_ bytes: [UInt8], file: String) throws {
    guard let kind = kinds.first(where: { bytes.starts(with: $0.start) }) else { return }
    throw DataError.misread(file: file, .noText(found: kind.name))
  }
}
