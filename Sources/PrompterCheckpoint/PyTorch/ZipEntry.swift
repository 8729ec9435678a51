// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

/// What the directory of a zip archive says about one file.
struct ZipEntry {
  let name: String

  /// Where the header before the file's bytes begins.
  let start: Int

  private let flags: Int
  private let byteCount: Int

  private static let longestName = 4096

  /// Reads the next entry of the directory.
  init(from cursor: inout FileCursor) throws {
    guard try cursor.number(4) == 0x0201_4B50 else { throw cursor.failure("an entry was expected") }
    try cursor.skip(4)  // Versions.
    let header = try Header(from: &cursor)
    let commentByteCount = try cursor.size(2)
    let disk = try cursor.size(2)
    try cursor.skip(6)  // Attributes for a file system.
    let shortStart = try cursor.size(4)
    name = try Self.name(header.nameByteCount, from: &cursor)
    let long = try LongSizes(
      header, start: shortStart, extraByteCount: header.extraByteCount, from: &cursor)
    try cursor.skip(commentByteCount)
    start = long.start
    byteCount = long.byteCount
    flags = header.flags
    guard header.method == 0 else {
      throw CheckpointError.malformed(
        file: cursor.file, reason: "\(shownName) is compressed, which PyTorch's own files never are"
      )
    }
    guard flags & 1 == 0, disk == 0, long.byteCount == long.storedByteCount else {
      throw cursor.failure("\(shownName) as it is, neither encrypted nor packed, was expected")
    }
  }

  /// The name in an error: a hostile one may be long or unreadable.
  var shownName: String { shown(name) }

  /// Where the file's bytes are, after checking the header before them.
  func range(in mapping: MappedFile, before end: Int, file: String) throws -> Range<Int> {
    guard start <= end else { throw misplaced(in: file) }
    var cursor = FileCursor(
      mapping, in: start..<end, part: "the zip header of \(shownName)", file: file)
    guard try cursor.number(4) == 0x0403_4B50 else { throw misplaced(in: file) }
    try cursor.skip(2)
    let header = try Header(from: &cursor)
    let localName = try Self.name(header.nameByteCount, from: &cursor)
    let long = try LongSizes(
      header, start: 0, extraByteCount: header.extraByteCount, from: &cursor)
    // A writer that learns the length too late notes it behind the file, and zeros before it.
    let isLate = flags & 8 != 0 && long.byteCount == 0 && long.storedByteCount == 0
    guard localName == name, header.method == 0, header.flags == flags,
      isLate || (long.byteCount == byteCount && long.storedByteCount == byteCount)
    else { throw cursor.failure("what the archive's directory says was expected") }
    guard byteCount <= end - cursor.position else { throw misplaced(in: file) }
    return cursor.position..<cursor.position + byteCount
  }

  private static func name(_ byteCount: Int, from cursor: inout FileCursor) throws -> String {
    guard byteCount <= longestName else { throw cursor.failure("a shorter name was expected") }
    return try cursor.text(byteCount)
  }

  private func misplaced(in file: String) -> CheckpointError {
    .malformed(file: file, reason: "\(shownName) is not where the zip archive's directory says")
  }

  /// What an entry and the header before the file have in common.
  private struct Header {
    let flags: Int
    let method: Int
    let storedByteCount: Int
    let byteCount: Int
    let nameByteCount: Int
    let extraByteCount: Int

    init(from cursor: inout FileCursor) throws {
      flags = try cursor.size(2)
      method = try cursor.size(2)
      try cursor.skip(8)  // Time, date and checksum.
      storedByteCount = try cursor.size(4)
      byteCount = try cursor.size(4)
      nameByteCount = try cursor.size(2)
      extraByteCount = try cursor.size(2)
    }
  }

  /// The sizes and the place that may stand in a field of eight bytes each.
  private struct LongSizes {
    private(set) var byteCount: Int
    private(set) var storedByteCount: Int
    private(set) var start: Int

    /// Reads the extra fields that follow a name, of which only the one with long sizes counts.
    init(
      _ header: Header, start: Int, extraByteCount: Int, from cursor: inout FileCursor
    ) throws {
      byteCount = header.byteCount
      storedByteCount = header.storedByteCount
      self.start = start
      guard extraByteCount <= cursor.end - cursor.position else {
        throw cursor.failure("\(extraByteCount) more bytes were expected")
      }
      let end = cursor.position + extraByteCount
      var isRead = false
      while end - cursor.position >= 4 {
        let kind = try cursor.number(2)
        let length = try cursor.size(2)
        let fieldEnd = cursor.position + length
        guard fieldEnd <= end else { throw cursor.failure("a shorter field was expected") }
        if kind == 1 && !isRead {
          isRead = true
          try read(from: &cursor, to: fieldEnd)
        }
        try cursor.skip(fieldEnd - cursor.position)
      }
      try cursor.skip(end - cursor.position)
    }

    private mutating func read(from cursor: inout FileCursor, to end: Int) throws {
      let isLong = 0xFFFF_FFFF
      for field in [\LongSizes.byteCount, \.storedByteCount, \.start]
      where self[keyPath: field] == isLong {
        guard end - cursor.position >= 8 else { throw cursor.failure("a long size was expected") }
        self[keyPath: field] = try cursor.size(8)
      }
    }
  }
}
