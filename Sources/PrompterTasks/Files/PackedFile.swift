// SPDX-License-Identifier: Apache-2.0

internal import PrompterKernels

/// A data file that may be packed with gzip or Zstandard.
package enum PackedFile {
  /// The most that a file of a size may hold: text is packed to a fifth, the lines of a log to a
  /// thirtieth; what holds a hundred times as much was made to fill the memory.
  @Sendable package static func limit(packedCount: Int) -> Int { 64 << 20 + 100 * packedCount }

  /// What a file holds; the file itself unless it is packed.
  static func unpacked(_ bytes: [UInt8], file: String) throws -> [UInt8] {
    guard let packing = Packing(of: bytes) else { return bytes }
    do {
      return try packing.unpacked(bytes, limit: limit(packedCount: bytes.count))
    } catch {
      throw DataError.misread(file: file, .badlyPacked(reason: "\(error)"))
    }
  }
}
