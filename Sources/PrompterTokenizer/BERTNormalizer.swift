// SPDX-License-Identifier: Apache-2.0

/// A text as scalars, each with the scalars of the original text it stands for.
struct AlignedText {
  var scalars: [Unicode.Scalar] = []
  /// Where in the original text each scalar starts and ends.
  var starts: [Int32] = []
  var ends: [Int32] = []

  var count: Int { scalars.count }

  init(capacity: Int) {
    scalars.reserveCapacity(capacity)
    starts.reserveCapacity(capacity)
    ends.reserveCapacity(capacity)
  }

  /// A text as it is.
  init(_ text: String) {
    self.init(capacity: text.utf8.count)
    for scalar in text.unicodeScalars {
      let start = Int32(truncatingIfNeeded: scalars.count)
      append(scalar, start, start &+ 1)
    }
  }

  @inline(__always)
  mutating func append(_ scalar: Unicode.Scalar, _ start: Int32, _ end: Int32) {
    scalars.append(scalar)
    starts.append(start)
    ends.append(end)
  }
}

/// What BERT does to a text before it is split: clean, set ideographs apart, strip accents, lower
/// the case, in this order.
struct BERTNormalizer {
  var cleansText = true
  var separatesIdeographs = true
  /// Follows `lowersCase` where the file leaves it open.
  var stripsAccents = true
  var lowersCase = true

  /// Leaves every text as it is.
  static let identity = BERTNormalizer(
    cleansText: false, separatesIdeographs: false, stripsAccents: false, lowersCase: false)

  /// The normal form of a part of a text.
  func normalize(_ text: AlignedText, _ range: Range<Int>) -> AlignedText {
    var result = AlignedText(capacity: range.count)
    var isASCII = true
    for index in range {
      let scalar = text.scalars[index]
      isASCII = isASCII && scalar.isASCII
      clean(scalar, text.starts[index], text.ends[index], into: &result)
    }
    // ASCII has no accents, and lowering its case is part of `clean`.
    guard !isASCII else { return result }
    if stripsAccents { result = strippedOfAccents(result) }
    return lowersCase ? lowered(result) : result
  }

  @inline(__always)
  private func clean(
    _ scalar: Unicode.Scalar, _ start: Int32, _ end: Int32, into result: inout AlignedText
  ) {
    let kind = ScalarClass.of(scalar)
    if cleansText {
      if kind.contains(.removed) { return }
      if kind.contains(.space) { return result.append(" ", start, end) }
    }
    if lowersCase, 0x41...0x5A ~= scalar.value {
      let lower = Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value) | 0x20)
      return result.append(lower, start, end)
    }
    guard separatesIdeographs, kind.contains(.ideograph) else {
      return result.append(scalar, start, end)
    }
    result.append(" ", start, end)
    result.append(scalar, start, end)
    result.append(" ", start, end)
  }

  /// Decomposes and drops nonspacing marks.
  private func strippedOfAccents(_ text: AlignedText) -> AlignedText {
    var parts: [Part] = []
    parts.reserveCapacity(text.count)
    var needsOrder = false
    for scalar in text.scalars {
      var isFirst = true
      Decomposition.forEach(of: scalar) { part in
        let order = Decomposition.combiningClass(of: part)
        needsOrder = needsOrder || order != 0
        parts.append(Part(scalar: part, order: order, isFirst: isFirst))
        isFirst = false
      }
    }
    if needsOrder { Self.settle(&parts) }
    return Self.aligned(parts, to: text)
  }

  private struct Part {
    var scalar: Unicode.Scalar
    var order: UInt8
    /// Whether it is the first of its decomposition.
    var isFirst: Bool
  }

  /// Sorts each run of combining marks by class, equal classes kept in order.
  private static func settle(_ parts: inout [Part]) {
    var start = 0
    while start < parts.count {
      guard parts[start].order != 0 else {
        start += 1
        continue
      }
      var end = start
      while end < parts.count, parts[end].order != 0 { end += 1 }
      if end - start > 1 {
        // Swift's sort is stable in fact; the position makes it so by contract.
        let sorted = zip(start..<end, parts[start..<end])
          .sorted { ($0.1.order, $0.0) < ($1.1.order, $1.0) }.map(\.1)
        parts.replaceSubrange(start..<end, with: sorted)
      }
      start = end
    }
  }

  /// Gives each part the offsets of its place in the order.
  ///
  /// A first part takes the next scalar of the old text, a later one shares that of the part before
  /// it, even where marks have changed places. `tokenizers` does so.
  private static func aligned(_ parts: [Part], to text: AlignedText) -> AlignedText {
    var result = AlignedText(capacity: parts.count)
    var next = 0
    for part in parts {
      if part.isFirst { next += 1 }
      if ScalarClass.of(part.scalar).contains(.mark) { continue }
      let source = min(next, text.count) - 1
      if source < 0 {
        result.append(part.scalar, 0, 0)
      } else {
        result.append(part.scalar, text.starts[source], text.ends[source])
      }
    }
    return result
  }

  /// Lowers each scalar by itself: no context (final sigma) and no locale (dotless i) matters.
  private func lowered(_ text: AlignedText) -> AlignedText {
    var result = AlignedText(capacity: text.count)
    for index in 0..<text.count {
      let scalar = text.scalars[index]
      let (start, end) = (text.starts[index], text.ends[index])
      if scalar.isASCII || !scalar.properties.changesWhenLowercased {
        result.append(scalar, start, end)
        if scalar.isASCII, 0x41...0x5A ~= scalar.value {
          let lower = Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value) | 0x20)
          result.scalars[result.count - 1] = lower
        }
      } else {
        for lower in scalar.properties.lowercaseMapping.unicodeScalars {
          result.append(lower, start, end)
        }
      }
    }
    return result
  }
}
