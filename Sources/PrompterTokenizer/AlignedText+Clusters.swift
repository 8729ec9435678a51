// SPDX-License-Identifier: Apache-2.0

extension AlignedText {
  /// Whether a scalar is white space.
  @inline(__always)
  func isSpace(_ index: Int) -> Bool {
    let scalar = scalars[index]
    return scalar.value < 0x80
      ? scalar.value == 0x20 || 0x09...0x0D ~= scalar.value : scalar.properties.isWhitespace
  }

  /// Appends a part of another text.
  mutating func append(_ text: AlignedText, _ range: Range<Int>) {
    for index in range { append(text.scalars[index], text.starts[index], text.ends[index]) }
  }

  /// Calls `body` with the range of each grapheme cluster.
  ///
  /// Between two scalars that are never part of a longer cluster no text is made to find that out.
  func forEachCluster(_ body: (Range<Int>) -> Void) {
    var start = 0
    while start < count {
      var end = start + 1
      while end < count, !(Self.standsAlone(scalars[end - 1]) && Self.standsAlone(scalars[end])) {
        end += 1
      }
      if end - start == 1 {
        body(start..<end)
      } else {
        var part = String.UnicodeScalarView()
        part.append(contentsOf: scalars[start..<end])
        for cluster in String(part) {
          let next = start + cluster.unicodeScalars.count
          body(start..<next)
          start = next
        }
      }
      start = end
    }
  }

  /// Whether there is a boundary between the scalar and every other of its kind.
  @inline(__always)
  private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0D: false
    case 0..<0x300, 0x400...0x482, 0x48A...0x52F, 0x30A0...0x9FFF: true
    default: false
    }
  }

  /// The text with each scalar replaced.
  func mapScalars(_ body: (Unicode.Scalar) -> some Sequence<Unicode.Scalar>) -> AlignedText {
    var result = AlignedText(capacity: count)
    for index in 0..<count {
      for scalar in body(scalars[index]) { result.append(scalar, starts[index], ends[index]) }
    }
    return result
  }
}
