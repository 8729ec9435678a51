// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON
internal import PrompterTensor

/// What a safetensors file says about itself, checked against its length.
///
/// The format is a number N in eight little-endian bytes, N bytes of JSON, then all tensors one
/// after the other without a gap; offsets count from the end of the JSON.
struct SafetensorsHeader {
  /// The format's limit for the JSON, so that a reader need not trust N.
  static let largestByteCount = 100_000_000

  /// Names of tensors are paths of a dozen words; longer ones would only fill error messages.
  static let longestName = 1_000

  let entries: [String: SafetensorsFile.Entry]
  let metadata: [String: String]

  private let file: String

  /// Reads `json`, the part of `file` between byte 8 and the tensors.
  init(json: [UInt8], file: String, fileByteCount: Int) throws {
    self.file = file
    var entries: [String: SafetensorsFile.Entry] = [:]
    var metadata: [String: String]?
    do {
      var scanner = JSONScanner(json, requiresStreamSafeText: true)
      try scanner.object { name, scanner in
        guard name.utf8.count <= Self.longestName else {
          throw Self.malformed(
            file,
            "a tensor's name has \(name.utf8.count) bytes, more than \(Self.longestName)")
        }
        if name == "__metadata__" {
          guard metadata == nil else { throw Self.twice(name, in: file) }
          metadata = try Self.metadata(from: &scanner, file: file)
        } else {
          guard entries[name] == nil else { throw Self.twice(name, in: file) }
          entries[name] = try Self.entry(name, from: &scanner, file: file, base: 8 + json.count)
        }
      }
      try scanner.end()
    } catch let failure as JSONScanner.Failure {
      throw Self.malformed(
        file,
        "at byte \(8 + failure.position) of the header, \(failure.expectedInWords) was expected")
    }
    self.entries = entries
    self.metadata = metadata ?? [:]
    try checkLayout(base: 8 + json.count, fileByteCount: fileByteCount)
  }

  private static func malformed(_ file: String, _ reason: String) -> CheckpointError {
    .malformed(file: file, reason: reason)
  }

  private static func twice(_ name: String, in file: String) -> CheckpointError {
    malformed(file, "`\(name)` stands twice in the header")
  }

  private static func metadata(
    from scanner: inout JSONScanner, file: String
  ) throws -> [String: String] {
    var metadata: [String: String] = [:]
    try scanner.object { key, scanner in
      guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
        throw twice(key, in: file)
      }
    }
    return metadata
  }

  private static func entry(
    _ name: String, from scanner: inout JSONScanner, file: String, base: Int
  ) throws -> SafetensorsFile.Entry {
    var type: String?
    var extents: [Int]?
    var offsets: [Int]?
    try scanner.object { key, scanner in
      switch key {
      case "dtype" where type == nil: type = try scanner.string()
      case "shape" where extents == nil: extents = try scanner.sizes()
      case "data_offsets" where offsets == nil: offsets = try scanner.sizes()
      default: throw malformed(file, "`\(name)` has an unknown or repeated key `\(key)`")
      }
    }
    guard let type, let extents, let offsets else {
      throw malformed(file, "`\(name)` lacks its `dtype`, `shape` or `data_offsets`")
    }
    guard let type = ElementType(rawValue: type) else {
      throw malformed(file, "`\(name)` has elements of the unknown type `\(type)`")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= Int.max - base else {
      throw malformed(file, "`\(name)` has the impossible offsets \(offsets)")
    }
    guard let byteCount = Self.byteCount(of: extents, type) else {
      throw malformed(file, "`\(name)`, \(type.rawValue), has the impossible shape \(extents)")
    }
    guard byteCount == offsets[1] - offsets[0] else {
      throw malformed(
        file,
        "`\(name)`, \(type.rawValue) of shape \(extents), has \(offsets[1] - offsets[0]) bytes "
          + "instead of \(byteCount)")
    }
    return SafetensorsFile.Entry(
      elementType: type, shape: Shape(extents), offset: base + offsets[0], byteCount: byteCount)
  }

  /// The bytes of a tensor, nil if they are more than any machine has or no whole number.
  ///
  /// An extent of zero empties a tensor without excusing the others: the product of any of them
  /// must be a number that the rest of the program can compute with.
  private static func byteCount(of extents: [Int], _ type: ElementType) -> Int? {
    var product = 1
    for extent in extents {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow, next <= 1 << 48 else { return nil }
      product = next
    }
    let bits = extents.contains(0) ? 0 : product * type.bitCount
    return bits % 8 == 0 ? bits / 8 : nil
  }

  /// Checks that the tensors fill the rest of the file, with no gap and no overlap.
  private func checkLayout(base: Int, fileByteCount: Int) throws {
    let inOrder = entries.sorted { left, right in
      (left.value.offset, left.value.byteCount) < (right.value.offset, right.value.byteCount)
    }
    var end = base
    for (name, entry) in inOrder {
      guard entry.offset == end else {
        throw Self.malformed(
          file,
          "`\(name)` begins at byte \(entry.offset) and the tensor before it ends at byte \(end)")
      }
      end += entry.byteCount
    }
    if end > fileByteCount {
      throw CheckpointError.truncated(file: file, expected: end, found: fileByteCount)
    }
    guard end == fileByteCount else {
      throw Self.malformed(file, "\(fileByteCount - end) bytes follow the last tensor")
    }
  }
}
