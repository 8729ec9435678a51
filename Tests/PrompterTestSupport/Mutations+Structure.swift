// SPDX-License-Identifier: Apache-2.0

/// Damage that keeps to the form of a text and changes what it says: what is still read afterwards
/// reaches further into a reader than stray bytes do.
extension Mutations {
  /// Marks that a canonical order has to sort, one pair after another.
  private static let marks = Array("\u{301}\u{316}".utf8)

  mutating func restructure(_ bytes: inout [UInt8]) {
    let place = below(bytes.count)
    switch below(8) {
    case 0: bytes.insert(contentsOf: Self.run(of: Self.marks, length()), at: place)
    case 1: replaceString(in: &bytes, from: place)
    case 2: nest(&bytes, at: place)
    case 3: repeatMember(in: &bytes, from: place)
    case 4: swapBlocks(&bytes)
    case 5: repeatBlock(in: &bytes, from: place)
    case 6: replaceValue(in: &bytes, from: place)
    default: bytes.insert(contentsOf: [0x1B] + Array("[2J".utf8), at: place)
    }
  }

  // Short as a rule, now and then long enough to tell a square from a line.
  private mutating func length() -> Int {
    below(50) == 0 ? 20_000 : 1 + below(below(4) == 0 ? 2_000 : 40)
  }

  private static func run(of bytes: [UInt8], _ count: Int) -> [UInt8] {
    Array([[UInt8]](repeating: bytes, count: count).joined())
  }

  /// What lies between the next two quotes, and where it stands.
  private func string(in bytes: [UInt8], from place: Int) -> Range<Int>? {
    guard let start = bytes[place...].firstIndex(of: 0x22),
      let end = bytes[(start + 1)...].firstIndex(of: 0x22)
    else { return nil }
    return (start + 1)..<end
  }

  /// Empties a string, doubles it, makes it a run of one sign or of marks, or that of another one.
  private mutating func replaceString(in bytes: inout [UInt8], from place: Int) {
    guard let range = string(in: bytes, from: place) else { return }
    let text = Array(bytes[range])
    let other = string(in: bytes, from: below(bytes.count)).map { Array(bytes[$0]) } ?? []
    let replacements = [
      [], text + text, [0x61] + Self.run(of: Self.marks, length()),
      Self.run(of: [0x61], length()), other,
      Array("\\u0000\\ud800".utf8), Array("\u{202E}\u{0}\u{FFFF}".utf8), [0x20],
    ]
    bytes.replaceSubrange(range, with: replacements[below(replacements.count)])
  }

  /// Puts brackets around what follows a colon or a comma.
  private mutating func nest(_ bytes: inout [UInt8], at place: Int) {
    guard let start = bytes[place...].firstIndex(where: { $0 == 0x3A || $0 == 0x2C }) else {
      return
    }
    let end = bytes[(start + 1)...].firstIndex { $0 == 0x2C || $0 == 0x7D } ?? bytes.endIndex
    let depth = length()
    let isObject = below(2) == 0
    bytes.insert(contentsOf: Self.run(of: isObject ? [0x7D] : [0x5D], depth), at: end)
    bytes.insert(
      contentsOf: Self.run(of: isObject ? Array("{\"a\":".utf8) : [0x5B], depth), at: start + 1)
  }

  /// The next `"key": value` that is flat.
  private func member(in bytes: [UInt8], from place: Int) -> (key: Range<Int>, value: Range<Int>)? {
    var place = place
    while let key = string(in: bytes, from: place) {
      let colon = key.upperBound + 1
      if colon < bytes.count, bytes[colon] == 0x3A {
        let end = bytes[(colon + 1)...].firstIndex { $0 == 0x2C || $0 == 0x7D } ?? bytes.endIndex
        return (key, (colon + 1)..<end)
      }
      place = colon
      if place >= bytes.count { return nil }
    }
    return nil
  }

  /// Gives a key again with another value.
  private mutating func repeatMember(in bytes: inout [UInt8], from place: Int) {
    guard let (key, value) = member(in: bytes, from: place) else { return }
    let number = Self.numbers[below(Self.numbers.count)]
    bytes.insert(
      contentsOf: [0x2C, 0x22] + bytes[key] + [0x22, 0x3A] + number, at: value.upperBound)
  }

  /// Puts another member's value, or any number, in the place of one.
  private mutating func replaceValue(in bytes: inout [UInt8], from place: Int) {
    guard let (_, value) = member(in: bytes, from: place) else { return }
    let other = member(in: bytes, from: below(bytes.count)).map { Array(bytes[$0.value]) }
    let number = Self.numbers[below(Self.numbers.count)]
    bytes.replaceSubrange(value, with: below(2) == 0 ? other ?? number : number)
  }

  private mutating func swapBlocks(_ bytes: inout [UInt8]) {
    let places = [0] + (0..<4).map { _ in below(bytes.count) }.sorted() + [bytes.count]
    let blocks = (0..<5).map { bytes[places[$0]..<places[$0 + 1]] }
    bytes = [0, 3, 2, 1, 4].flatMap { blocks[$0] }
  }

  private mutating func repeatBlock(in bytes: inout [UInt8], from place: Int) {
    let end = min(bytes.count, place + 1 + below(60))
    bytes.insert(contentsOf: Self.run(of: Array(bytes[place..<end]), 1 + below(40)), at: end)
  }
}
