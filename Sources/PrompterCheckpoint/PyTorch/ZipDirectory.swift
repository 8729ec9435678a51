// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

/// Where a zip archive's directory is and how many files it lists, as its last record says.
struct ZipDirectory {
  let range: Range<Int>
  let count: Int

  /// More files than any checkpoint has.
  private static let mostFiles = 1 << 20

  private static let recordByteCount = 22
  private static let locatorByteCount = 20
  private static let longRecordByteCount = 56

  /// Finds the directory of an archive that is the whole file.
  init(_ mapping: MappedFile, file: String) throws {
    let end = try Self.record(in: mapping, file: file)
    var cursor = FileCursor(
      mapping, in: end..<mapping.count, part: "the zip archive's last record", file: file)
    try cursor.skip(4)
    let fields = try Fields(from: &cursor, isLong: false)
    if let long = try Self.longRecord(in: mapping, before: end, file: file) {
      guard fields.agree(with: long.fields) else {
        throw cursor.failure("what the longer record before it says was expected")
      }
      try self.init(long.fields, end: long.start, cursor)
    } else {
      try self.init(fields, end: end, cursor)
    }
  }

  private init(_ fields: Fields, end: Int, _ cursor: FileCursor) throws {
    guard fields.diskNumbers == [0, 0], fields.countHere == fields.count else {
      throw cursor.failure("an archive in one piece was expected")
    }
    guard fields.count <= Self.mostFiles else {
      throw cursor.failure("at most \(Self.mostFiles) files were expected")
    }
    guard fields.start <= end, fields.byteCount == end - fields.start else {
      throw cursor.failure("a directory that ends at byte \(end) was expected")
    }
    range = fields.start..<end
    count = fields.count
  }

  /// Where the last record begins, which only an archive's comment may follow.
  private static func record(in mapping: MappedFile, file: String) throws -> Int {
    let longestComment = 0xFFFF
    let first = max(0, mapping.count - recordByteCount - longestComment)
    let tail = mapping.bytes(in: first..<mapping.count)
    var place = tail.count - recordByteCount
    while place >= 0 {
      let comment = tail.count - recordByteCount - place
      if tail[place...].starts(with: [0x50, 0x4B, 0x05, 0x06]),
        tail[place + 20] == UInt8(comment & 0xFF), tail[place + 21] == UInt8(comment >> 8)
      {
        return first + place
      }
      place -= 1
    }
    throw CheckpointError.malformed(
      file: file, reason: "it begins as a zip archive and has not the end of one")
  }

  /// The record for archives of more than four gigabytes, which PyTorch writes in all of them.
  private static func longRecord(
    in mapping: MappedFile, before end: Int, file: String
  ) throws -> (start: Int, fields: Fields)? {
    guard end >= locatorByteCount else { return nil }
    var locator = FileCursor(
      mapping, in: end - locatorByteCount..<end, part: "the zip archive's locator", file: file)
    guard try locator.number(4) == 0x0706_4B50 else { return nil }
    let disk = try locator.size(4)
    let start = try locator.size(8)
    let expected = end - locatorByteCount - longRecordByteCount
    guard disk == 0, try locator.size(4) <= 1, start == expected else {
      throw locator.failure("the record at byte \(expected) was expected")
    }
    var cursor = FileCursor(
      mapping, in: start..<end, part: "the zip archive's long record", file: file)
    guard try cursor.number(4) == 0x0606_4B50, try cursor.size(8) == longRecordByteCount - 12 else {
      throw cursor.failure("a record of \(longRecordByteCount) bytes was expected")
    }
    try cursor.skip(4)  // The versions of zip that wrote the archive and that can read it.
    return (start, try Fields(from: &cursor, isLong: true))
  }

  /// What both kinds of record say, in numbers of different lengths.
  private struct Fields {
    let diskNumbers: [Int]
    let countHere: Int
    let count: Int
    let byteCount: Int
    let start: Int

    init(from cursor: inout FileCursor, isLong: Bool) throws {
      diskNumbers = [try cursor.size(isLong ? 4 : 2), try cursor.size(isLong ? 4 : 2)]
      countHere = try cursor.size(isLong ? 8 : 2)
      count = try cursor.size(isLong ? 8 : 2)
      byteCount = try cursor.size(isLong ? 8 : 4)
      start = try cursor.size(isLong ? 8 : 4)
    }

    /// Whether each number of this short record is the long record's or says to look there.
    func agree(with long: Fields) -> Bool {
      (count == long.count || count == 0xFFFF)
        && (byteCount == long.byteCount || byteCount == 0xFFFF_FFFF)
        && (start == long.start || start == 0xFFFF_FFFF)
    }
  }
}
