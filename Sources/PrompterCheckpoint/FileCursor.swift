// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON
internal import PrompterKernels

/// Reads a part of a mapped file from front to back and never past its end.
///
/// Only a window of the part is copied, so that a part of unknown length costs no memory.
struct FileCursor {
  /// Where the next byte is, from the file's start.
  private(set) var position: Int

  /// The end of the part.
  let end: Int

  /// The file's path, for errors.
  let file: String

  private let mapping: MappedFile
  private let part: String
  private var window: [UInt8] = []
  private var windowStart = 0

  private static let windowByteCount = 1 << 16

  /// A cursor at the start of a part of a file.
  ///
  /// - Parameters:
  ///   - mapping: The file.
  ///   - range: The part, which must lie within the file.
  ///   - part: What the part is, as in `its pickle`.
  ///   - file: The file's path.
  init(_ mapping: MappedFile, in range: Range<Int>, part: String, file: String) {
    self.mapping = mapping
    self.part = part
    self.file = file
    position = range.lowerBound
    end = range.upperBound
    windowStart = range.lowerBound
  }

  /// The next byte.
  mutating func byte() throws -> UInt8 {
    if position >= windowStart + window.count {
      guard position < end else { throw ending() }
      windowStart = position
      window = mapping.bytes(in: position..<min(end, position + Self.windowByteCount))
    }
    defer { position += 1 }
    return window[position - windowStart]
  }

  /// A little-endian number of at most eight bytes.
  mutating func number(_ byteCount: Int) throws -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<byteCount { value |= UInt64(try byte()) << UInt64(8 * index) }
    return value
  }

  /// A little-endian number that counts bytes or values, so that it is below 2^63.
  mutating func size(_ byteCount: Int) throws -> Int {
    guard let value = Int(exactly: try number(byteCount)) else {
      throw failure("a number below 2^63 was expected")
    }
    return value
  }

  /// The next bytes.
  mutating func bytes(_ count: Int) throws -> [UInt8] {
    guard count <= end - position else { throw ending() }
    defer { position += count }
    return mapping.bytes(in: position..<position + count)
  }

  /// Goes past some bytes.
  mutating func skip(_ count: Int) throws {
    guard count <= end - position else { throw ending() }
    position += count
  }

  /// A text in UTF-8.
  mutating func text(_ byteCount: Int) throws -> String {
    let start = position
    guard let text = String(validating: try bytes(byteCount), as: UTF8.self) else {
      throw failure("a text in UTF-8 was expected", at: start)
    }
    // Texts here are names, which are compared and hashed; see JSONScanner.requiresStreamSafeText.
    guard text.isStreamSafe else {
      throw failure("at most \(String.mostMarks) combining marks in a row were expected", at: start)
    }
    return text
  }

  /// The text up to the next line feed, which belongs to neither.
  mutating func line(longest: Int) throws -> String {
    let start = position
    var line: [UInt8] = []
    while case let byte = try byte(), byte != UInt8(ascii: "\n") {
      guard line.count < longest else {
        throw failure("a line of at most \(longest) bytes was expected", at: start)
      }
      line.append(byte)
    }
    guard let text = String(validating: line, as: UTF8.self) else {
      throw failure("a text in UTF-8 was expected", at: start)
    }
    // Texts here are names, which are compared and hashed; see JSONScanner.requiresStreamSafeText.
    guard text.isStreamSafe else {
      throw failure("at most \(String.mostMarks) combining marks in a row were expected", at: start)
    }
    return text
  }

  /// The error that something at the cursor, or before it, is wrong.
  func failure(_ reason: String, at place: Int? = nil) -> CheckpointError {
    .malformed(file: file, reason: "at byte \(place ?? position), in \(part), \(reason)")
  }

  private func ending() -> CheckpointError {
    .malformed(file: file, reason: "\(part) ends too early, at byte \(end)")
  }
}
