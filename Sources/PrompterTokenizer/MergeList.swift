// SPDX-License-Identifier: Apache-2.0

internal import PrompterJSON

/// The pairs of pieces that byte-pair encoding joins, in the order of a file.
struct MergeList {
  /// The two pieces of each merge, one right after the other.
  private(set) var bytes: [UInt8] = []
  /// Where the first piece of each merge ends, and where its second.
  private var bounds: [(middle: Int, end: Int)] = []

  var count: Int { bounds.count }

  /// The bytes of both pieces of a merge.
  subscript(index: Int) -> (first: Range<Int>, second: Range<Int>) {
    let (middle, end) = bounds[index]
    return ((index == 0 ? 0 : bounds[index - 1].end)..<middle, middle..<end)
  }

  /// Appends two pieces with a space between them, the only one.
  ///
  /// - Returns: Whether that is what the bytes are.
  mutating func append(spaced pair: ArraySlice<UInt8>) -> Bool {
    let start = bytes.count
    bytes.append(contentsOf: pair)
    return takeSpaced(from: start)
  }

  /// Makes a merge of the bytes behind a place, which have one space between two pieces.
  private mutating func takeSpaced(from start: Int) -> Bool {
    var space = -1
    for index in start..<bytes.count where bytes[index] == 0x20 {
      guard space < 0 else { return false }
      space = index
    }
    guard space >= 0 else { return false }
    bytes.remove(at: space)
    bounds.append((space, bytes.count))
    return true
  }
}

extension MergeList {
  /// The merges of a list of strings, or of lists of two strings; `nil` if a file has other things.
  init?(_ scanner: inout JSONScanner) {
    guard scanner.startsWith("[") else { return nil }
    do {
      try scanner.array { scanner in
        let start = bytes.count
        if scanner.takes("[") {
          try scanner.string(into: &bytes)
          let middle = bytes.count
          guard scanner.takes(",") else { throw scanner.failure(.character(",")) }
          try scanner.string(into: &bytes)
          guard scanner.takes("]") else { throw scanner.failure(.character("]")) }
          bounds.append((middle, bytes.count))
        } else {
          try scanner.string(into: &bytes)
          if bytes[start...].starts(with: Self.version) {
            bytes.removeSubrange(start...)
          } else if !takeSpaced(from: start) {
            throw scanner.failure(.words("a space"))
          }
        }
      }
    } catch {
      return nil
    }
  }

  private static let version = Array("#version".utf8)

  /// The merges of `merges.txt`: one a line, and lines that begin with "#version".
  init(lines bytes: [UInt8], name: String) throws {
    self.bytes.reserveCapacity(bytes.count)
    bounds.reserveCapacity(bytes.count / 8)
    var (start, number) = (0, 0)
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      let line = bytes[start..<end]
      (start, number) = (end + 1, number + 1)
      if line.starts(with: Self.version) { continue }
      let pair = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard append(spaced: pair) else {
        throw TokenizerError.malformed(
          file: name, place: "line \(number)",
          found: "\"\(String(decoding: pair.prefix(160), as: UTF8.self))\"",
          expected: "two pieces with a space between them")
      }
    }
  }
}

extension Vocabulary {
  /// The pieces of an object of pieces and ids; `nil` if a file has anything else.
  init?(_ scanner: inout JSONScanner) {
    guard scanner.startsWith("{") else { return nil }
    // Published files have about twenty bytes a piece, most of them with merges behind.
    self.init(minimumCapacity: min(scanner.remaining / 24, 1 << 18))
    var piece: [UInt8] = []
    do {
      try scanner.table {
        piece.removeAll(keepingCapacity: true)
        try $0.string(into: &piece)
      } value: {
        guard let id = $0.index() else { throw $0.failure(.words("an id")) }
        insert(piece, 0..<piece.count, id: id)
      }
    } catch {
      return nil
    }
  }
}
