// SPDX-License-Identifier: Apache-2.0

/// A zip archive made by hand, so that any part of it can be wrong.
public struct ArchiveMaker {
  /// A file in the archive, and what the directory says where that is not the truth.
  public struct Part {
    /// Its name.
    public var name: String
    /// Its contents.
    public var bytes: [UInt8]
    /// How it is packed.
    public var method = 0
    /// Its flags.
    public var flags = 0
    /// The name in the directory.
    public var listedName: String?
    /// The method in the directory.
    public var listedMethod: Int?
    /// Where the directory says that it begins.
    public var listedStart: Int?
    /// How long the directory says that it is.
    public var listedByteCount: Int?
    /// How long it says that it is packed.
    public var listedPackedByteCount: Int?

    /// A file that the directory tells the truth of.
    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// The files.
  public var parts: [Part]
  /// How many the directory says there are.
  public var listedCount: Int?
  /// The disk that it says it is on.
  public var listedDisk = 0
  /// Where it says that it begins.
  public var listedDirectoryStart: Int?
  /// What stands between the directory and its end.
  public var bytesBeforeEnd: [UInt8] = []
  /// The archive's comment.
  public var comment: [UInt8] = []

  /// An archive as torch.save writes it, with storages named by their place.
  public init(pickle: [UInt8], storages: [[UInt8]] = []) {
    parts = [Part(name: "a/data.pkl", bytes: pickle)]
    for (place, bytes) in storages.enumerated() {
      parts.append(Part(name: "a/data/\(place)", bytes: bytes))
    }
  }

  /// The archive.
  public var bytes: [UInt8] {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for part in parts {
      let start = archive.count
      archive +=
        [0x50, 0x4B, 3, 4] + number(20, 2) + number(part.flags, 2) + number(part.method, 2)
      archive += number(0, 8) + number(part.bytes.count, 4) + number(part.bytes.count, 4)
      archive += number(part.name.utf8.count, 2) + number(0, 2) + Array(part.name.utf8)
      archive += part.bytes
      directory += entry(part, start: start)
    }
    let start = archive.count
    archive += directory + bytesBeforeEnd
    archive += [0x50, 0x4B, 5, 6] + number(listedDisk, 2) + number(0, 2)
    archive += number(listedCount ?? parts.count, 2) + number(listedCount ?? parts.count, 2)
    archive += number(directory.count, 4) + number(listedDirectoryStart ?? start, 4)
    return archive + number(comment.count, 2) + comment
  }

  private func entry(_ part: Part, start: Int) -> [UInt8] {
    let name = Array((part.listedName ?? part.name).utf8)
    let byteCount = part.listedByteCount ?? part.bytes.count
    var entry: [UInt8] = [0x50, 0x4B, 1, 2] + number(20, 2) + number(20, 2) + number(part.flags, 2)
    entry += number(part.listedMethod ?? part.method, 2) + number(0, 8)
    entry += number(part.listedPackedByteCount ?? byteCount, 4) + number(byteCount, 4)
    entry += number(name.count, 2) + number(0, 12) + number(part.listedStart ?? start, 4)
    return entry + name
  }

  private func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 < 8 ? value >> (8 * $0) : 0) }
  }
}
