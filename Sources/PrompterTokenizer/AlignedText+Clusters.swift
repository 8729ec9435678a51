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

  /// Appends what replaces a part of another text.
  ///
  /// Scalars take the places of those they replace one by one, and what is too many shares the last
  /// place. Places that are too many belong to none. `tokenizers` aligns them so.
  mutating func append(_ form: [Unicode.Scalar], for range: Range<Int>, of text: AlignedText) {
    for (index, scalar) in form.enumerated() {
      let place = min(range.lowerBound + index, range.upperBound - 1)
      append(scalar, text.starts[place], text.ends[place])
    }
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

  /// The text with each grapheme cluster replaced; scalars that are not meant stay, and end a run.
  func mapRuns(
    where isMeant: (Unicode.Scalar) -> Bool, _ body: (String) -> String
  ) -> AlignedText {
    var result = AlignedText(capacity: count)
    func flush(_ run: Range<Int>) {
      guard let last = run.last else { return }
      var part = String.UnicodeScalarView()
      part.append(contentsOf: Self.settled(scalars[run]))
      for scalar in body(String(part)).unicodeScalars {
        result.append(scalar, starts[run.lowerBound], ends[last])
      }
    }
    forEachCluster { cluster in
      var start = cluster.lowerBound
      for index in cluster where !isMeant(scalars[index]) {
        flush(start..<index)
        result.append(self, index..<index + 1)
        start = index + 1
      }
      flush(start..<cluster.upperBound)
    }
    return result
  }

  /// The scalars with combining marks in canonical order, which changes no normal form of theirs.
  ///
  /// Swift sorts them by insertion, which takes as long as the square of a run of marks; in order
  /// it takes as long as the run.
  private static func settled(_ scalars: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
    guard scalars.count > 30 else { return Array(scalars) }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    var marks: [(order: UInt8, place: Int, scalar: Unicode.Scalar)] = []
    func flush() {
      result += marks.sorted { ($0.order, $0.place) < ($1.order, $1.place) }.map(\.scalar)
      marks.removeAll(keepingCapacity: true)
    }
    for (place, scalar) in scalars.enumerated() {
      let order = scalar.properties.canonicalCombiningClass.rawValue
      if order == 0 {
        flush()
        result.append(scalar)
      } else {
        marks.append((order, place, scalar))
      }
    }
    flush()
    return result
  }
}
