// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A scalar of a normal form, and what it takes the place of.
struct Replacement {
  var scalar: Unicode.Scalar
  /// The order in which combining marks settle; 0 for what is not one.
  var order: UInt8 = 0
  /// How many places it adds to those there were.
  ///
  /// 0 if it takes the place of a scalar, 1 if it shares that of the one before it, -n if it takes
  /// n more places than one. That goes with the scalar where marks change places, as `tokenizers`
  /// has it.
  var change = 0
}

extension AlignedText {
  /// The text that some scalars make of this one, each with the place that it takes.
  func replaced(by parts: [Replacement]) -> AlignedText {
    var result = AlignedText(capacity: parts.count)
    var next = 0
    for part in parts {
      let place = part.change > 0 ? next - 1 : next
      if part.change <= 0 { next += 1 - part.change }
      if place < 0 {
        result.append(part.scalar, 0, 0)
      } else {
        let place = min(place, count - 1)
        result.append(part.scalar, starts[place], ends[place])
      }
    }
    return result
  }

  /// The scalars that remain after some are taken away.
  func filtered(_ isKept: (Unicode.Scalar) -> Bool) -> AlignedText {
    var result = AlignedText(capacity: count)
    for index in 0..<count where isKept(scalars[index]) {
      result.append(scalars[index], starts[index], ends[index])
    }
    return result
  }
}

extension [Replacement] {
  /// Appends the parts of a scalar.
  mutating func append(_ parts: some Sequence<Unicode.Scalar>) {
    var change = 0
    for part in parts {
      append(
        Replacement(scalar: part, order: Decomposition.combiningClass(of: part), change: change))
      change = 1
    }
  }

  /// Appends what takes the places of some scalars: they one by one, what is too many with the last
  /// of them, and places that are too many with what was last.
  mutating func append(_ form: [Unicode.Scalar], for count: Int) {
    for (index, scalar) in form.enumerated() {
      append(Replacement(scalar: scalar, change: index < count ? 0 : 1))
    }
    if form.count < count, let last = indices.last { self[last].change -= count - form.count }
  }

  /// Sorts each run of combining marks by class, equal classes kept in order.
  mutating func settle() {
    var start = 0
    while start < count {
      guard self[start].order != 0 else {
        start += 1
        continue
      }
      var end = start
      while end < count, self[end].order != 0 { end += 1 }
      if end - start > 1 {
        // Swift's sort is stable in fact; the position makes it so by contract.
        let sorted = zip(start..<end, self[start..<end])
          .sorted { ($0.1.order, $0.0) < ($1.1.order, $1.0) }.map(\.1)
        replaceSubrange(start..<end, with: sorted)
      }
      start = end
    }
  }

  /// Joins what Unicode's canonical composition joins, in parts that have settled.
  func composed() -> [Replacement] {
    var result: [Replacement] = []
    result.reserveCapacity(count)
    /// The last starter, and the class of the last mark after it that stays.
    var starter: Int?
    var lastOrder: UInt8?
    for part in self {
      // A mark of the same class, or a starter behind marks, is kept from the starter.
      let isBlocked = lastOrder.map { $0 >= part.order } ?? false
      if let starter, !isBlocked,
        let whole = Composition.of(result[starter].scalar, part.scalar)
      {
        result[starter].scalar = whole
        result[starter].change += part.change - 1
        continue
      }
      if part.order == 0 {
        starter = result.count
        lastOrder = nil
      } else if starter != nil {
        lastOrder = part.order
      }
      result.append(part)
    }
    return result
  }
}

extension TextStep.UnicodeForm {
  /// The normal form of a text.
  ///
  /// - Complexity: O(n) in its scalars, but for long runs of marks, which are sorted.
  func apply(to text: AlignedText) -> AlignedText {
    guard !text.scalars.allSatisfy(isSettled) else { return text }
    var parts: [Replacement] = []
    parts.reserveCapacity(text.count)
    for scalar in text.scalars {
      switch self {
      case .nfc, .nfd:
        var form: [Unicode.Scalar] = []
        Decomposition.forEach(of: scalar) { form.append($0) }
        parts.append(form)
      case .nfkc, .nfkd: parts.append(compatibilityParts(scalar))
      }
    }
    parts.settle()
    return text.replaced(by: self == .nfc || self == .nfkc ? parts.composed() : parts)
  }

  private func compatibilityParts(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    guard !isSettled(scalar), ScalarClass.isWithin(scalar, 9) else { return [scalar] }
    return Array(String(Character(scalar)).decomposedStringWithCompatibilityMapping.unicodeScalars)
  }

  /// Whether a text of such scalars alone is its own normal form; not known of all that are.
  private func isSettled(_ scalar: Unicode.Scalar) -> Bool {
    switch (self, scalar.value) {
    case (_, 0..<0xA0), (_, 0x3400...0x9FFF): true
    case (.nfc, 0xA0..<0x300), (.nfd, 0xA0..<0xC0): true
    // Greek but for old signs, Cyrillic, kana without voicing marks, Hangul, and emoji.
    case (.nfc, 0x391...0x3CE), (.nfc, 0x400...0x482), (.nfc, 0x3041...0x3098): true
    case (.nfc, 0x309D...0x30FF), (.nfc, 0xAC00...0xD7A3), (.nfc, 0x1F300...0x1FAFF): true
    default: false
    }
  }
}
