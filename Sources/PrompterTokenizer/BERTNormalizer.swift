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
    scalars = Array(text.unicodeScalars)
    let count = Int32(truncatingIfNeeded: scalars.count)
    starts = Array(0..<count)
    ends = Array(1..<count + 1)
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
    var parts: [Replacement] = []
    parts.reserveCapacity(text.count)
    for scalar in text.scalars {
      var change = 0
      Decomposition.forEach(of: scalar) { part in
        let order = Decomposition.combiningClass(of: part)
        parts.append(Replacement(scalar: part, order: order, change: change))
        change = 1
      }
    }
    parts.settle()
    return text.replaced(by: parts).filtered { !ScalarClass.of($0).contains(.mark) }
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
